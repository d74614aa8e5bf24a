import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../src/config/config.ts';
import { type SettingName, settingNames, settingOf } from '../src/config/settings.ts';
import {
  authorizeCode,
  clientSecret,
  htpasswd,
  link,
  otherSecret,
  redeem,
  startServer,
  temporaryFolder,
} from './support/server.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** A block of that language in the README: the first, or the one that has something in it. */
function block(language: string, having = ''): string {
  const all = readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``, 'g'));
  return [...all].map(([, text = '']) => text).find((text) => text.includes(having)) ?? 'missing';
}

/** What such a block exports, with a server of ours for the one that it names. */
async function modules(text: string, url: string) {
  const path = join(temporaryFolder(), 'skill.mjs');
  writeFileSync(path, text.replaceAll('https://link.example.com', url));
  return import(pathToFileURL(path).href);
}

describe('the README', () => {
  it('shows a clients.json and a production start that the server takes', () => {
    const command = /NODE_ENV=production \\\n[\s\S]*?npx alexa-account-linking/.exec(readme)?.[0] ?? '';
    const env = Object.fromEntries(
      [...command.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    );
    const folder = temporaryFolder();
    const ownFolder = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(ownFolder));
    writeFileSync('users.htpasswd', htpasswd);
    const parse = (clients: string) => {
      writeFileSync('clients.json', clients);
      return parseConfig(env);
    };
    const parsed = parse(block('json').replace('a long random text', otherSecret));
    expect(parsed).toHaveProperty('config');
    expect(parsed.warnings).toEqual([]);
    // Everybody knows the secret that stands there.
    expect(parse(block('json'))).toHaveProperty('problems', [
      {
        setting: 'CLIENTS[0].client_secret',
        problem: expect.stringContaining('at least 32'),
        remedy: expect.stringContaining('openssl rand -hex 32'),
      },
    ]);
  });

  it('has a row for each setting, with its defaults and what production requires', () => {
    const rows = [...readme.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|(.*)\|(.*)\|(.*)\|$/gm)];
    const documented = rows.flatMap(([, names = '', , development = '', production = '']) =>
      names.split(', ').map((name) => ({ name: name.slice(1, -1), development, production })),
    );
    expect(documented.map(({ name }) => name).sort()).toEqual([...settingNames].sort());
    for (const { name, development, production } of documented) {
      const { default: usual, productionDefault, required } = settingOf(name as SettingName);
      if (usual !== undefined && usual !== 'false') expect(development, name).toContain(`\`${usual}\``);
      if (productionDefault !== undefined) expect(production, name).toContain(`\`${productionDefault}\``);
      expect(/^ required(?! for)/.test(production), name).toBe(required !== undefined);
    }
    const secrets = settingNames.filter((name) => settingOf(name).secret);
    const [, listed = ''] = /^These may hold secrets: ([^.]*)\./ms.exec(readme) ?? [];
    expect([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()).toEqual(secrets.sort());
  });

  it('shows a skill that greets who is linked and asks everybody else to link', async () => {
    const server = await startServer();
    const { handler } = await modules(block('js'), server.url);
    const open = (accessToken?: string) => handler({ context: { System: { user: { accessToken } } } });
    expect((await open(await link(server))).response.outputSpeech.text).toBe('Hello alice');
    for (const token of [undefined, 'unknown']) {
      expect((await open(token)).response.card).toEqual({ type: 'LinkAccount' });
    }
  });

  it('shows a smart home skill that knows the person by each kind of directive, and asks to link again', async () => {
    const server = await startServer();
    const { personOf, linkAgain } = await modules(block('js', 'linkAgain'), server.url);
    const { access_token: token } = await redeem(server, await authorizeCode(server));
    const header = { correlationToken: 'c' };
    const scope = { type: 'BearerToken', token };
    for (const directive of [
      { header, endpoint: { endpointId: 'lamp', scope }, payload: {} },
      { header, payload: { scope } },
      { header, payload: { grantee: scope } },
    ])
      expect(await personOf(directive)).toBe('alice');
    const unknown = { header, endpoint: { endpointId: 'lamp', scope: { ...scope, token: 'x' } } };
    expect(await personOf(unknown)).toBeUndefined();
    expect(linkAgain(unknown)).toMatchObject({
      event: {
        header: { name: 'ErrorResponse', correlationToken: 'c', messageId: expect.any(String) },
        endpoint: { endpointId: 'lamp' },
        payload: { type: 'INVALID_AUTHORIZATION_CREDENTIAL' },
      },
    });
    await server.stop();
    await expect(personOf(unknown)).rejects.toThrow();
  });

  it('shows what introspection says, as it says it', async () => {
    const server = await startServer();
    const token = await link(server, { scope: 'profile' });
    const shown = JSON.parse(/^# (\{"active".*)$/m.exec(readme)?.[1] ?? '');
    const introspect = async (id: string, secret: string) => {
      const asking = request(server.url).post('/introspect').auth(id, secret);
      return (await asking.type('form').send({ token })).body;
    };
    expect(await introspect('other-skill', otherSecret)).toEqual({ active: false });
    expect(Object.keys(await introspect('cloud-lights', clientSecret))).toEqual(Object.keys(shown));
  });
});
