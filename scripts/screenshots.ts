import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../src/config.ts';
import { createAccountLinkingServer } from '../src/server.ts';
import { createLog } from '../src/telemetry/log.ts';
import { launchBrowser } from '../test/support/browser.ts';

/*
 * Takes the pictures in docs/images anew: `npm run screenshots`.
 */

const images = join(import.meta.dirname, '../docs/images');
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'));
const clients = [
  {
    client_id: 'cloud-lights',
    client_name: 'Cloud Lights',
    alexa_vendor_ids: ['M2AAAAAAAAAAAA'],
    scope: 'profile lights',
    password_reset_uri: 'https://example.com/reset',
    sign_up_uri: 'https://example.com/join',
    policy_uri: 'https://example.com/privacy',
    tos_uri: 'https://example.com/terms',
  },
];
const parsed = parseConfig({
  PORT: '8099',
  HOST: '127.0.0.1',
  CLIENTS: JSON.stringify(clients),
  STORAGE: `sqlite:${join(folder, 'links.db')}`,
});
if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
const server = await createAccountLinkingServer(parsed.config, createLog('silent', { write() {} }));
await server.listen();
const browser = await launchBrowser();

for (const colorScheme of ['light', 'dark'] as const) {
  const viewport = { width: 390, height: 760 };
  const context = await browser.newContext({ viewport, deviceScaleFactor: 2, colorScheme });
  const page = await context.newPage();
  const shoot = (name: string) => page.screenshot({ path: join(images, `${name}-${colorScheme}.png`) });
  await page.goto(`${parsed.config.publicUrl}/simulator`);
  await page.getByRole('button', { name: 'Sign into your account' }).click();
  await shoot('sign-in');
  await page.getByLabel('Username or email').fill('demo');
  await page.getByLabel('Password').fill(server.demo.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Linked/ }).waitFor();
  if (colorScheme === 'dark') continue;
  await shoot('verdict');
  await page.goto(`${parsed.config.publicUrl}/links`);
  await page.getByLabel('Username or email').fill('demo');
  await page.getByLabel('Password').fill(server.demo.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Cloud Lights' }).waitFor();
  await shoot('links');
}

await browser.close();
await server.stop(0);
rmSync(folder, { recursive: true });
