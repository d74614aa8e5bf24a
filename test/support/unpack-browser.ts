import sparticuz from '@sparticuz/chromium';

/** Unpacks Chromium once for all workers: the package takes a file that is there for a whole one. */
export async function setup(): Promise<void> {
  if (process.platform === 'linux' && process.arch === 'x64') await sparticuz.executablePath();
}
