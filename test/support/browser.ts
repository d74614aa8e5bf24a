import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Chromium from npm where that has a build for this machine, else the Chrome that is installed. */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    // Of the package's own arguments one runs everything in one process, which then ends with the first page.
    const args = sparticuz.args.filter((argument) => !['--single-process', '--no-zygote'].includes(argument));
    return chromium.launch({ executablePath: await sparticuz.executablePath(), args });
  }
  return chromium.launch({ channel: 'chrome' });
}
