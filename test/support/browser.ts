import { join } from 'node:path';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Which fonts a browser has: one of `fonts/`, or those that are installed. */
export type Fonts = 'usual' | 'wide' | 'installed';

/** Starts Chromium from npm if there is a build for this machine, otherwise the installed Chrome with the installed fonts. */
export async function launchBrowser(fonts: Fonts = 'usual'): Promise<Browser> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    // Of the package's own arguments one runs everything in one process, which then ends with the first page.
    const args = sparticuz.args.filter((argument) => !['--single-process', '--no-zygote'].includes(argument));
    const executablePath = await sparticuz.executablePath();
    if (fonts === 'installed') return chromium.launch({ executablePath, args });
    const FONTCONFIG_FILE = join(import.meta.dirname, 'fonts', `${fonts}.conf`);
    return chromium.launch({ executablePath, args, env: { ...process.env, FONTCONFIG_FILE } });
  }
  return chromium.launch({ channel: 'chrome' });
}
