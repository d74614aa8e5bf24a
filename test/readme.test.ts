import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { htpasswd, link, startServer, temporaryFolder } from './support/server.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** The first block of that language in the README. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(readme)?.[1] ?? 'missing';
}

describe('the README', () => {
  it('shows a clients.json and a production start that the server takes', () => {
    const command = /NODE_ENV=production \\\n[\s\S]*?npm start/.exec(readme)?.[0] ?? '';
    const env = Object.fromEntries(
      [...command.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    );
    const files: Record<string, string> = { 'clients.json': block('json'), 'users.htpasswd': htpasswd };
    const parsed = parseConfig(env, (path) => files[path] ?? '');
    expect(parsed).toHaveProperty('config');
    expect(parsed.warnings).toEqual([]);
  });

  it('shows a skill that greets who is linked and asks everybody else to link', async () => {
    const server = await startServer();
    const path = join(temporaryFolder(), 'skill.mjs');
    writeFileSync(path, block('js').replaceAll('https://link.example.com', server.url));
    const { handler } = await import(pathToFileURL(path).href);
    const open = (accessToken?: string) => handler({ context: { System: { user: { accessToken } } } });
    expect((await open(await link(server))).response.outputSpeech.text).toBe('Hello alice');
    for (const token of [undefined, 'unknown']) {
      expect((await open(token)).response.card).toEqual({ type: 'LinkAccount' });
    }
  });

  it('shows what introspection says, as it says it', async () => {
    const server = await startServer();
    const body = new URLSearchParams({ token: await link(server, { scope: 'profile' }) });
    const shown = JSON.parse(/^# (\{"active".*)$/m.exec(readme)?.[1] ?? '');
    const headers = { Authorization: `Basic ${btoa('other-skill:another secret')}` };
    const other = await fetch(`${server.url}/introspect`, { method: 'POST', headers, body });
    expect(await other.json()).toEqual({ active: false });
    const { client_secret } = await import('./support/server.ts').then(({ cloudLights }) => cloudLights);
    const own = Buffer.from(`cloud-lights:${encodeURIComponent(client_secret)}`).toString('base64');
    const answer = await fetch(`${server.url}/introspect`, {
      method: 'POST',
      headers: { Authorization: `Basic ${own}` },
      body,
    });
    expect(Object.keys((await answer.json()) as object)).toEqual(Object.keys(shown));
  });
});
