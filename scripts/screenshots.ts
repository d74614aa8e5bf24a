import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../src/config/config.ts';
import { type AccountLinkingServer, createAccountLinkingServer } from '../src/server.ts';
import { createLog } from '../src/telemetry/log.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { exhibits, furnish, furnished, openSilentUsers } from '../test/support/gallery.ts';
import { freePort, htpasswd } from '../test/support/server.ts';

/*
 * Takes the pictures in docs/images anew: `npm run screenshots`. They are in the fonts that this machine has: on Debian, those of
 * fonts-noto-core.
 */

const images = join(import.meta.dirname, '../docs/images');
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'));
writeFileSync(join(folder, 'users'), htpasswd);

const silentUsers = await openSilentUsers();
const servers: AccountLinkingServer[] = [];
async function start(name: string, settings: Readonly<Record<string, string>>): Promise<string> {
  const port = await freePort();
  const storage = { STORAGE: `sqlite:${join(folder, `${name}.db`)}` };
  const parsed = parseConfig({ PORT: String(port), HOST: '127.0.0.1', ...storage, ...settings });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const log = createLog('silent', { write() {} });
  const server = await createAccountLinkingServer(parsed.config, log);
  await server.listen();
  servers.push(server);
  return parsed.config.publicUrl;
}

const { redirect_uris, alexa_vendor_ids, client_id, client_name } = furnished;
const bare = [
  { client_id, client_name, redirect_uris, alexa_vendor_ids },
  { ...furnished, client_id: 'other' },
];
const gallery = exhibits({
  url: await start('furnished', {
    CLIENTS: JSON.stringify([furnished]),
    USERS: `file:${join(folder, 'users')}`,
  }),
  bareUrl: await start('bare', {
    CLIENTS: JSON.stringify(bare),
    USERS: silentUsers.url,
  }),
});

/** The pictures that README.md and docs/ show, each under 60 KB: the look, how much of it, and how sharp. */
const pictures = [
  ['sign-in', 'light', 2000, 1.2],
  ['sign-in', 'dark', 2000, 1.2],
  ['sign-in', 'ar', 2000, 1.2],
  ['sign-in-refused', 'light', 2000, 1],
  ['links', 'light', 2000, 1.2],
  ['links-unlinked', 'light', 2000, 1.2],
  ['problem-wrongRedirectUri', 'light', 2000, 1.2],
  ['simulator-code-linked', 'light', 560, 1],
] as const;
const looks = { light: ['en', 'light'], dark: ['en', 'dark'], ar: ['ar', 'light'] } as const;

for (const file of readdirSync(images)) rmSync(join(images, file));
const browser = await launchBrowser('installed');
for (const [name, look, height, deviceScaleFactor] of pictures) {
  const [language, colorScheme] = looks[look];
  const context = await browser.newContext({
    viewport: { width: 390, height: 340 },
    deviceScaleFactor,
    locale: language,
    colorScheme,
  });
  const page = await context.newPage();
  await furnish(page, language);
  await gallery.find((exhibit) => exhibit.name === name)?.open(page);
  const clip = { x: 0, y: 0, width: 390, height };
  await page.screenshot({ path: join(images, `${name}-${look}.png`), fullPage: true, clip });
  await context.close();
}

await browser.close();
for (const server of servers) await server.stop(0);
silentUsers.close();
rmSync(folder, { recursive: true });
