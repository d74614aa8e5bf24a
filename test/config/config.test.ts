import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { sayProblem } from '../../src/config/problem.ts';
import { generateSigningKey } from '../../src/config/signing-keys.ts';
import { sha256 } from '../../src/crypto.ts';
import { cloudLights } from '../support/server.ts';

const files: Record<string, string> = {
  'clients.json': JSON.stringify([cloudLights]),
  'users.htpasswd': '',
  secret: 'sqlite:/var/lib/links.db\n',
  'people.db': '',
  'ca.pem': 'the authority',
  'users.ts': '',
  'lib/users.mjs': '',
  'query.sql': 'SELECT id, password_hash FROM people WHERE username = :username\n',
};

let folder: string;
const ownFolder = process.cwd();

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'alexa-account-linking-')));
  mkdirSync(join(folder, 'lib'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(ownFolder);
  rmSync(folder, { recursive: true });
});

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://link.example.com',
  CLIENTS: 'clients.json',
  USERS: 'file:users.htpasswd',
  STORAGE: 'sqlite:/var/lib/links.db',
  TRUST_PROXY: 'loopback',
};

function config(env: Record<string, string | undefined>) {
  const parsed = parseConfig(env);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

/** What is said, a line a problem. */
function problems(env: Record<string, string | undefined>): string[] {
  const parsed = parseConfig(env);
  return 'problems' in parsed ? parsed.problems.map(sayProblem) : [];
}

function clientProblems(changes: Record<string, unknown>): string[] {
  return problems({ ...production, CLIENTS: JSON.stringify([{ ...cloudLights, ...changes }]) });
}

describe('the configuration', () => {
  it('needs nothing in development', () => {
    expect(config({})).toMatchObject({
      production: false,
      publicUrl: 'http://localhost:8080',
      port: 8080,
      host: '127.0.0.1',
      trustProxy: false,
      users: { scheme: 'demo', username: 'demo' },
      storage: { scheme: 'sqlite', path: join(folder, 'data/links.db') },
      keepAliveSeconds: 65,
      logLevel: 'info',
    });
    expect(config({ PORT: '9000' }).publicUrl).toBe('http://localhost:9000');
  });

  it('is frozen', () => {
    const parsed = config(production);
    expect(Object.isFrozen(parsed)).toBe(true);
    expect(Object.isFrozen(parsed.clients.get('cloud-lights'))).toBe(true);
  });

  it('has no defaults in production, and names all that is missing at once, each with what to do', () => {
    const said = problems({ NODE_ENV: 'production' });
    expect(said.map((line) => line.split(' ')[0])).toEqual([
      'PUBLIC_URL',
      'TRUST_PROXY',
      'CLIENTS',
      'USERS',
      'STORAGE',
    ]);
    for (const line of said) expect(line).toMatch(/is missing, and has no default in production: set it to/);
  });

  it('lists problems of all kinds together', () => {
    const said = problems({
      ...production,
      PUBLIC_URL: 'http://link.example.com',
      PORT: '80a',
      TRUST_PROXY: 'true',
      USERS: 'file:nobody',
      STORAGE: 'mongodb://x',
      LOG_LEVEL: 'loud',
    });
    expect(said.map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'TRUST_PROXY',
      'USERS',
      'STORAGE',
      'LOG_LEVEL',
      'PUBLIC_URL',
    ]);
  });

  it('asks to say which it is where an address is for others than this machine', () => {
    const { NODE_ENV: _left, ...rest } = production;
    for (const PUBLIC_URL of ['https://link.example.com', 'http://192.168.1.5:8080', 'http://laptop:8080'])
      expect(problems({ ...rest, PUBLIC_URL })).toEqual([
        expect.stringMatching(
          /^PUBLIC_URL is for more than this machine, and NODE_ENV is not set: set NODE_ENV=/,
        ),
      ]);
    expect(problems({ ...rest, NODE_ENV: 'development' })).toEqual([]);
    for (const PUBLIC_URL of ['http://localhost:9000', 'http://127.0.0.1:9000', 'http://[::1]'])
      expect(problems({ ...rest, PUBLIC_URL })).toEqual([]);
  });

  it('is at this machine alone in development, and at all its addresses in production', () => {
    expect(config({}).host).toBe('127.0.0.1');
    expect(config(production).host).toBe('0.0.0.0');
    expect(config({ ...production, HOST: '127.0.0.1' }).host).toBe('127.0.0.1');
  });

  it('trims NODE_ENV like everything else', () => {
    expect(config({ ...production, NODE_ENV: ' production\r' }).production).toBe(true);
  });

  it.each(Object.keys(production))('names %s that still has its quotes', (name) => {
    for (const quote of ['"', "'"]) {
      const said = problems({
        ...production,
        [name]: `${quote}${production[name as keyof typeof production]}${quote}`,
      });
      expect(said).toContain(`${name} has quotes around it, which are a part of it here: leave them out`);
      expect(said.filter((line) => line.startsWith(name))).toHaveLength(1);
    }
  });

  it('keeps connections for longer than the balancer does, as long as is said', () => {
    expect(config({ KEEP_ALIVE_SECONDS: '610' }).keepAliveSeconds).toBe(610);
    for (const value of ['0', '3601', 'long'])
      expect(problems({ KEEP_ALIVE_SECONDS: value })).toEqual([
        'KEEP_ALIVE_SECONDS must be a whole number from 1 to 3600',
      ]);
  });

  it('does not take a misspelled NODE_ENV for development', () => {
    expect(problems({ NODE_ENV: 'prod' })[0]).toMatch(/^NODE_ENV must be production, development or test/);
  });

  it.each([
    ['link.example.com', /must be a complete address/],
    ['ftp://link.example.com', /must be a complete address/],
    ['https://link.example.com/alexa', /must be the address alone.*https:\/\/link\.example\.com$/],
    ['https://link.example.com/?a=b', /must be the address alone/],
    ['https://user@link.example.com', /must be the address alone/],
    ['http://link.example.com', /must begin with https:\/\/ in production/],
  ])('refuses PUBLIC_URL=%s', (value, problem) => {
    expect(problems({ ...production, PUBLIC_URL: value })[0]).toMatch(problem);
  });

  it('takes a slash at the end of PUBLIC_URL, and keeps none', () => {
    expect(config({ ...production, PUBLIC_URL: 'https://Link.example.com:443/' }).publicUrl).toBe(
      'https://link.example.com',
    );
  });

  it.each([
    ['loopback, linklocal, uniquelocal', ['loopback', 'linklocal', 'uniquelocal']],
    ['10.0.0.0/8,::1', ['10.0.0.0/8', '::1']],
    ['fc00::/7, 198.51.100.7', ['fc00::/7', '198.51.100.7']],
    ['2', 2],
    ['none', false],
  ])('takes TRUST_PROXY=%s', (value, expected) => {
    expect(config({ ...production, TRUST_PROXY: value }).trustProxy).toEqual(expected);
  });

  it.each(['proxy.example.com', '10.0.0.0/33', '10.0.0.0/8/8', 'loopback;linklocal', '-1', 'false', '0'])(
    'refuses TRUST_PROXY=%s',
    (value) =>
      expect(problems({ ...production, TRUST_PROXY: value })[0]).toMatch(/^TRUST_PROXY must be none, /),
  );

  it.each([
    'true',
    '0.0.0.0/0',
    '::/0',
    'loopback, 128.0.0.0/1',
    '2000::/3',
    '2000::/7',
    '::/7',
    '::ffff:0:0/96',
  ])('refuses TRUST_PROXY=%s, which would believe the whole internet', (value) =>
    expect(problems({ ...production, TRUST_PROXY: value })[0]).toMatch(
      /anybody could then forge their address/,
    ),
  );

  it.each(['0', '65536', '-1', '8080x', '1e3', ' '])('checks PORT=%s', (value) => {
    expect(problems({ PORT: value })).toHaveLength(value.trim() === '' ? 0 : 1);
  });

  it('refuses to keep links in memory in production', () => {
    expect(problems({ ...production, STORAGE: 'sqlite::memory:' })[0]).toMatch(
      /must be a file in production/,
    );
  });

  it('reads what may be secret from NAME_FILE too', () => {
    const { STORAGE, ...rest } = production;
    expect(config({ ...rest, STORAGE_FILE: 'secret' }).storage).toEqual({
      scheme: 'sqlite',
      path: '/var/lib/links.db',
    });
    expect(problems({ ...production, STORAGE_FILE: 'secret' })).toEqual([
      'STORAGE is given as STORAGE and as STORAGE_FILE: remove one of the two',
    ]);
    expect(problems({ ...rest, STORAGE_FILE: 'gone' })).toEqual([
      `STORAGE_FILE names ${join(folder, 'gone')}, which does not exist: correct the path or its permissions`,
    ]);
    expect(STORAGE).toBeDefined();
  });

  it('names variables that look like one of its own', () => {
    const { warnings } = parseConfig({
      ...production,
      PUBLIC_URI: 'x',
      CLIENT: 'x',
      TRUSTED_PROXY: 'x',
      PORT_FILE: 'x',
      USERPROFILE: 'x',
      USER: 'me',
      HOME: '/',
      EDITOR: 'vi',
    });
    expect(warnings).toEqual([
      'PUBLIC_URI is set, but nobody reads it: did you mean PUBLIC_URL?',
      'CLIENT is set, but nobody reads it: did you mean CLIENTS?',
      'TRUSTED_PROXY is set, but nobody reads it: did you mean TRUST_PROXY?',
      'PORT_FILE is set, but PORT can’t be given as a file',
    ]);
  });

  it('takes paths as they are written in a URL and as they are written in a shell', () => {
    for (const value of ['sqlite:/var/links.db', 'sqlite:///var/links.db']) {
      expect(config({ STORAGE: value }).storage).toEqual({ scheme: 'sqlite', path: '/var/links.db' });
    }
    expect(config({ STORAGE: 'sqlite:links.db' }).storage).toMatchObject({ path: join(folder, 'links.db') });
    expect(problems({ STORAGE: 'sqlite:' })[0]).toMatch(/must name a file after sqlite:/);
  });

  it('never throws, whatever the environment holds', () => {
    const names = fc.constantFrom(
      ...Object.keys(production),
      'PORT',
      'TRUST_PROXY',
      'LOG_LEVEL',
      'USERS_FILE',
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'binary' })), (env) => void parseConfig(env)),
    );
  });
});

describe('a mistake', () => {
  it.each([
    [{ NODE_ENV: '"production"' }, /^NODE_ENV has quotes/],
    [
      { USERS: 'sqlite:people.db', USERS_QUERY: '"select id from people where :username"' },
      /^USERS_QUERY has quotes/,
    ],
    [{ USERS: 'sqlite:people.db', USERS_QUERY_FILE: 'gone.sql' }, /^USERS_QUERY_FILE names/],
    [{ ACCESS_TOKEN_FORMAT: 'jwt', SIGNING_KEYS_FILE: 'gone.json' }, /^SIGNING_KEYS_FILE names/],
    [
      { USERS: 'ldaps://h/dc=x', USERS_LDAP_BIND_DN: 'cn=x', USERS_LDAP_BIND_PASSWORD_FILE: 'gone' },
      /_FILE names/,
    ],
    [{ USERS: 'ldaps://h', USERS_LDAP_FILTER: '(a={username})' }, /^USERS must be like ldaps/],
    [{ CLIENTS: undefined, CLIENTS_FILE: "'clients.json'" }, /^CLIENTS_FILE has quotes around it/],
    [{ PORT: '99999', PUBLIC_URL: 'https://link.example.com' }, /^PORT must be/],
  ])('is told once: %o', (changes, expected) => {
    const parsed = parseConfig({ ...production, ...changes });
    expect(problems({ ...production, ...changes })).toEqual([expect.stringMatching(expected)]);
    expect(parsed.warnings).toEqual([]);
  });

  it.each([
    ['CLIENTS', 'client_id: a, client_secret: hunter2'],
    ['CLIENTS', 'hunter2'],
    ['SIGNING_KEYS', '-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY-----'],
    ['SIGNING_KEYS', 'hunter2hunter2hunter2hunter2=='],
    ['USERS', '//app:hunter2@host/db'],
    ['USERS', 'postgres//app:hunter2@host/db.ts'],
  ])('in %s repeats nothing that may be a secret', (name, value) => {
    for (const env of [{ [name]: value }, { [name]: undefined, [`${name}_FILE`]: 'given' }]) {
      writeFileSync('given', value);
      const said = problems({ ...production, ...env }).join('\n');
      expect(said).toMatch(new RegExp(`^${name} `));
      expect(said).not.toContain('hunter2');
    }
  });

  it.each([
    [
      { USERS: 'sqlite:people.db', USERS_QUERY: "select id from people where name = ':username'" },
      /^USERS_QUERY must have :username where the value goes, without quotes around it/,
    ],
    [
      { CLIENTS: JSON.stringify([{ client_id: 'x' }, cloudLights, cloudLights]) },
      /^CLIENTS\[0\]\.client_name is missing\nCLIENTS\[2\]\.client_id is that of an earlier client/,
    ],
    [{ STORAGE: 'sqlite://data/links.db' }, /^STORAGE must name a file after sqlite:/],
    [{ HOST: 'http://localhost' }, /^HOST must be an address of this machine/],
    [
      { SIGNING_KEYS: '{"keys":[{"kty":"RSA","n":"x","e":"AQAB","kid":{"toString":1}}]}' },
      /^SIGNING_KEYS\.keys\[0\]/,
    ],
    [
      { USERS: 'sqlite:people.db', USERS_QUERY: `${'/**/'.repeat(5000)}x :username` },
      /^USERS_QUERY must be a SELECT/,
    ],
    [{ STORAGE: undefined, STORAGE_FILE: 'empty' }, /^STORAGE_FILE names \/.*\/empty, which is empty/],
    [{ CLIENTS: 'empty' }, /^CLIENTS names \/.*\/empty, which is empty/],
  ])('is no crash and no guess: %o', (changes, expected) => {
    writeFileSync('empty', ' \n');
    expect(problems({ ...production, ...changes }).join('\n')).toMatch(expected);
  });

  it('is none where schemes are in capitals, a port is part of a secret, or a laptop has an address of its own', () => {
    expect(config({ ...production, USERS: 'FILE:users.htpasswd' }).users).toMatchObject({ scheme: 'file' });
    const ldap = { USERS: 'ldaps://h/dc=x', USERS_LDAP_BIND_DN: 'cn=x', USERS_LDAP_BIND_PASSWORD: 'a$PORTb' };
    expect(config({ ...production, ...ldap }).users).toMatchObject({ bindPassword: 'a$PORTb' });
    expect(config({ NODE_ENV: 'development', PUBLIC_URL: 'http://192.168.1.5:8080' }).clients.size).toBe(1);
  });
});

describe('clients', () => {
  it('are read from a file, or from the variable itself', () => {
    const direct = config({ ...production, CLIENTS: JSON.stringify([cloudLights]) });
    expect(direct.clients).toEqual(config(production).clients);
  });

  it('get all six redirect URIs of a vendor ID, and their own', () => {
    const client = config(production).clients?.get('cloud-lights');
    expect([...(client?.redirectUris ?? [])]).toEqual([
      'https://pitangui.amazon.com/spa/skill/account-linking-status.html?vendorId=M2AAAAAAAAAAAA',
      'https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA',
      'https://layla.amazon.com/spa/skill/account-linking-status.html?vendorId=M2AAAAAAAAAAAA',
      'https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA',
      'https://alexa.amazon.co.jp/spa/skill/account-linking-status.html?vendorId=M2AAAAAAAAAAAA',
      'https://alexa.amazon.co.jp/api/skill/link/M2AAAAAAAAAAAA',
      'https://app.example.com/linked?from=alexa',
    ]);
  });

  const digestsOf = (client_secret: unknown, env: Record<string, string> = production) =>
    config({ ...env, CLIENTS: JSON.stringify([{ ...cloudLights, client_secret }]) }).clients?.get(
      'cloud-lights',
    )?.secretDigests;
  const [old, another] = ['an old secret, long enough for 32', 'a new secret, long enough for 32 too'];

  it('keep no secret but its digest, given either way, and two while one is being replaced', () => {
    for (const given of [another, `sha256:${sha256(another)}`]) {
      expect(digestsOf(given)).toEqual([sha256(another)]);
      expect(digestsOf([old, given])).toEqual([sha256(old), sha256(another)]);
    }
  });

  it('have secrets in production that nobody guesses; a digest is judged when its secret is presented', () => {
    const inProduction = (client_secret: unknown) =>
      problems({ ...production, CLIENTS: JSON.stringify([{ ...cloudLights, client_secret }]) });
    for (const weak of ['a long random text', 'x'.repeat(31)])
      for (const given of [weak, [another, weak]])
        expect(inProduction(given)).toEqual([
          'CLIENTS[0].client_secret must have at least 32 printable ASCII characters, or it could be guessed: make one with "openssl rand -hex 32"',
        ]);
    for (const foreign of [`${'x'.repeat(32)}ü`, `\t${'x'.repeat(32)}`])
      for (const NODE_ENV of ['production', 'development'])
        expect(
          problems({
            ...production,
            NODE_ENV,
            CLIENTS: JSON.stringify([{ ...cloudLights, client_secret: foreign }]),
          }),
        ).toEqual([
          'CLIENTS[0].client_secret must have printable ASCII characters alone: make one with "openssl rand -hex 32"',
        ]);
    for (const given of [[], [old, another, another], 7, [7]])
      expect(inProduction(given)[0]).toMatch(
        /^CLIENTS\[0\]\.client_secret must be text in quotes, or a list/,
      );
    expect(digestsOf(`sha256:${sha256('weak')}`)).toEqual([sha256('weak')]);
    expect(digestsOf('weak', { ...production, NODE_ENV: 'development' })).toEqual([sha256('weak')]);
  });

  const code = { response_types: ['code'] };

  it('have refresh tokens for 400 days and the choice of PKCE, where they say nothing else', () => {
    const parsed = config({ ...production, CLIENTS: JSON.stringify([{ ...cloudLights, ...code }]) });
    expect(parsed.clients?.get('cloud-lights')).toMatchObject({
      responseTypes: new Set(['code']),
      refreshTokenTtlSeconds: 34_560_000,
      requirePkce: false,
    });
  });

  it('say in other languages what they give in them, and the rest as it is (RFC 7591 2.2)', () => {
    const localized = {
      'client_name#de': 'Wolkenlicht',
      'scope_descriptions#de': { lights: 'Ihr Licht' },
      'policy_uri#ja': 'https://example.com/ja/privacy',
    };
    const look = { policy_uri: 'https://example.com/privacy', tos_uri: 'https://example.com/terms' };
    const CLIENTS = JSON.stringify([{ ...cloudLights, ...look, ...localized }]);
    const client = config({ ...production, CLIENTS }).clients?.get('cloud-lights');
    expect(client?.texts).toMatchObject({ clientName: 'Cloud Lights', policyUri: look.policy_uri });
    expect(client?.textsIn.get('fr')).toEqual(client?.texts);
    expect(client?.textsIn.get('de')).toMatchObject({
      clientName: 'Wolkenlicht',
      policyUri: look.policy_uri,
      scopeDescriptions: new Map([
        ['profile', 'Your name and email address'],
        ['lights', 'Ihr Licht'],
      ]),
    });
    expect(client?.textsIn.get('ja')).toMatchObject({
      clientName: 'Cloud Lights',
      policyUri: localized['policy_uri#ja'],
      tosUri: look.tos_uri,
    });
  });

  it('are warned of scopes that people would not be told of', () => {
    const scope_descriptions = { profile: 'Your name' };
    const CLIENTS = JSON.stringify([{ ...cloudLights, scope_descriptions }]);
    expect(parseConfig({ ...production, CLIENTS }).warnings).toEqual([
      expect.stringMatching(/^CLIENTS\[0\]\.scope_descriptions has nothing on lights: say in a few words/),
    ]);
  });

  it('are told of a colour that can’t be read everywhere, and what takes its place', () => {
    const notes = (brand_color: string) =>
      parseConfig({ ...production, CLIENTS: JSON.stringify([{ ...cloudLights, brand_color }]) }).notes;
    expect(notes('#fe0')).toEqual([
      'CLIENTS[0].brand_color is #fe0, which can’t be read as text on a light page: links there are #807700',
    ]);
    expect(notes('#00865e')).toEqual([expect.stringContaining('on a dark page')]);
    expect(notes('#808080')).toHaveLength(2);
    expect(notes('#fff')).toEqual([
      'CLIENTS[0].brand_color is #fff, like a light page itself: buttons and links there are #757575',
    ]);
  });

  it.each([
    [{ client_id: undefined }, 'CLIENTS[0].client_id is missing'],
    [{ client_id: 7 }, 'CLIENTS[0].client_id must be text in quotes'],
    [{ client_name: ' ' }, 'CLIENTS[0].client_name must not be empty'],
    [{ redirect_uri: [] }, 'CLIENTS[0] has the unknown key redirect_uri: did you mean redirect_uris?'],
    [{ alexa_vendor_ids: 'M2A' }, 'CLIENTS[0].alexa_vendor_ids must be a list in [ and ]'],
    [
      { alexa_vendor_ids: ['m2-x'] },
      /^CLIENTS\[0\]\.alexa_vendor_ids\[0\] must be as the developer console shows it/,
    ],
    [{ redirect_uris: ['http://example.com/'] }, /redirect_uris\[0\] must begin with https/],
    [{ redirect_uris: ['https://example.com/#'] }, /redirect_uris\[0\] has a # part/],
    [{ redirect_uris: ['https://a:b@example.com/'] }, /redirect_uris\[0\] has a username or password/],
    [{ redirect_uris: ['/linked'] }, /redirect_uris\[0\] is not a complete address/],
    [
      { redirect_uris: ['https://Example.com'] },
      /redirect_uris\[0\] must be written as browsers write it: https:\/\/example\.com\/$/,
    ],
    [
      { redirect_uris: [' https://example.com/'] },
      /must be written as browsers write it: https:\/\/example\.com\/$/,
    ],
    [{ redirect_uris: ['https://example.com\\evil'] }, /must be written as browsers write it/],
    [{ redirect_uris: ['javascript:alert(1)'] }, /redirect_uris\[0\] must begin with https/],
    [{ redirect_uris: [], alexa_vendor_ids: [] }, /^CLIENTS\[0\] has no redirect URI: give alexa_vendor_ids/],
    [{ response_types: ['codes'] }, /response_types\[0\] must be "code" or "token"/],
    [{ response_types: [] }, /response_types must not be empty/],
    [{ response_types: ['code'], client_secret: undefined }, /client_secret is missing, and Alexa needs it/],
    [{ require_pkce: true }, /require_pkce is for the code grant alone: add "code" to response_types/],
    [{ refresh_token_ttl: 2_592_000 }, /refresh_token_ttl is for the code grant alone/],
    [{ ...code, refresh_token_ttl: 86_399 }, /refresh_token_ttl must be at least 86400: users who/],
    [
      { ...code, refresh_token_ttl: 86_400, access_token_ttl: 86_401 },
      /refresh_token_ttl is 86400 seconds, less than access_token_ttl: a link would end before Alexa renews/,
    ],
    [
      { response_types: ['token', 'code'], access_token_ttl: 3600 },
      /access_token_ttl is 3600 seconds, after which everybody has to link again/,
    ],
    [{ ...code, access_token_ttl: 359 }, /access_token_ttl must be at least 360: Alexa refuses/],
    [{ scope: 'profile "lights"' }, /scope must be scopes separated by spaces/],
    [{ scope_descriptions: { lights: ' ' } }, 'CLIENTS[0].scope_descriptions.lights must not be empty'],
    [{ scope_descriptions: ['Your lights'] }, /scope_descriptions must be an object in \{ and \}/],
    [
      { 'client_name#de-DE': 'Wolkenlicht' },
      'CLIENTS[0] has the unknown key client_name#de-DE: client_name, scope_descriptions, logo_uri, policy_uri, tos_uri, sign_up_uri, password_reset_uri can have # after them, and then ar, de, en, es, fr, hi, it, ja, nl, pt',
    ],
    [{ 'client_name#de#x': 'Wolkenlicht' }, /has the unknown key client_name#de#x: client_name, /],
    [{ 'client_name#de': '' }, 'CLIENTS[0].client_name#de must not be empty'],
    [{ 'policy_uri#de': 'http://example.com' }, /policy_uri#de must be an address that begins with https/],
    [
      { 'scope_descriptions#de': { lights: 7 } },
      'CLIENTS[0].scope_descriptions#de.lights must be text in quotes',
    ],
    [
      { 'scope#de': 'x' },
      /^CLIENTS\[0\] has the unknown key scope#de: client_name, .* can have # after them/,
    ],
    [{ client_name: 'Cloud \u202eLights' }, 'CLIENTS[0].client_name must have no control characters in it'],
    [{ client_name: '\u200b\u0301' }, 'CLIENTS[0].client_name must have a letter in it'],
    [{ client_name: 'x'.repeat(201) }, 'CLIENTS[0].client_name must have at most 200 characters'],
    [{ client_name: 'Cloud\nLights' }, 'CLIENTS[0].client_name must have no control characters in it'],
    [
      { logo_uri: 'https://cdn.example.com;script-src-elem/x.png' },
      'CLIENTS[0].logo_uri must be an address that begins with https://',
    ],
    [{ logo_uri: 'https://a:b@cdn.example.com/x.png' }, /logo_uri must be an address/],
    [{ 'toString#de': 'x' }, /^CLIENTS\[0\] has the unknown key toString#de: client_name, /],
    [{ client_secret: '' }, /client_secret must not be empty/],
    [{ client_secret: '  ' }, /client_secret must not be empty/],
    [{ client_secret: `sha256:${sha256('')}` }, /client_secret must not be empty/],
    [
      { ...code, redirect_uris: ['https://example.com/?code=1'] },
      /redirect_uris have code in a query, which the answer with the code adds: take it out/,
    ],
    [
      { ...code, refresh_token_ttl: 3_153_600_001 },
      /refresh_token_ttl must be at most 3153600000 \(100 years\)/,
    ],
    [{ access_token_ttl: 9e15 }, /access_token_ttl must be at most 3153600000/],
    [{ client_secret: 'sha256:abc' }, /client_secret must have 43 characters of base64url/],
    [
      { access_token_ttl: 359, allow_short_lived_implicit_tokens: true },
      /access_token_ttl must be at least 360: Alexa refuses/,
    ],
    [{ access_token_ttl: 3600 }, /access_token_ttl is 3600 seconds, after which everybody has to link again/],
    [{ access_token_ttl: 1.5 }, /access_token_ttl must be a whole number of seconds/],
    [{ policy_uri: 'javascript:alert(1)' }, /policy_uri must be an address that begins with https/],
    [{ brand_color: 'red;}*{' }, /brand_color must be like #0a7/],
  ] as [Record<string, unknown>, string | RegExp][])('refuse %o', (changes, expected) => {
    const said = clientProblems(changes);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
  });

  it.each([
    { access_token_ttl: null },
    { access_token_ttl: 2_592_000 },
    { access_token_ttl: 3600, allow_short_lived_implicit_tokens: true },
    { redirect_uris: ['http://localhost:3000/linked', 'http://127.0.0.1/x', 'http://[::1]:8/x'] },
    { client_secret: undefined },
    { ...code, access_token_ttl: 3600, refresh_token_ttl: 2_592_000, require_pkce: true },
    { response_types: ['code', 'token'] },
    { brand_color: '#0a7', logo_uri: 'https://cdn.example.com/logo.png' },
  ])('may have %o', (changes) => expect(clientProblems(changes)).toEqual([]));

  it('have a client_id each', () => {
    const said = problems({ ...production, CLIENTS: JSON.stringify([cloudLights, cloudLights]) });
    expect(said[0]).toMatch(/^CLIENTS\[1\]\.client_id is that of an earlier client too/);
  });

  it.each([
    [
      '[{"client_secret": "hunter2",}]',
      /^CLIENTS is not JSON: line 1, column 30: take out the comma before it$/,
    ],
    ['{"client_id": "x"}', /^CLIENTS must be a list of at least one client/],
    ['[]', /^CLIENTS must be a list of at least one client/],
    ['[null]', /^CLIENTS\[0\] must be an object/],
    ['nowhere.json', /^CLIENTS names \/.*\/nowhere\.json, which does not exist: give the path/],
    [`'[{"client_secret":"hunter2"}]'`, /^CLIENTS has quotes around it/],
    ['[{"client_id": "a", "hunter2 is my password": 1}]', /CLIENTS\[0\] has an unknown key: known are/],
  ])('refuse CLIENTS=%s without repeating a secret', (value, expected) => {
    const said = problems({ ...production, CLIENTS: value }).join('\n');
    expect(said).toMatch(expected);
    expect(said).not.toContain('hunter2');
  });
});

describe('a file of text', () => {
  const json = JSON.stringify([{ ...cloudLights, client_name: 'Lumières' }], undefined, 2);
  const nameIn = (bytes: Buffer) => {
    writeFileSync('other.json', bytes);
    return config({ ...production, CLIENTS: 'other.json' }).clients.get('cloud-lights')?.texts.clientName;
  };
  const said = (bytes: Buffer) => {
    writeFileSync('other.json', bytes);
    return problems({ ...production, CLIENTS: 'other.json' });
  };

  it('may begin with a byte order mark, and have the line ends of Windows', () => {
    for (const text of [json, `\uFEFF${json}`, json.replaceAll('\n', '\r\n')])
      expect(nameIn(Buffer.from(text))).toBe('Lumières');
  });

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${json}`, 'utf16le')],
    ['UTF-16', Buffer.from(json, 'utf16le')],
    ['UTF-16', Buffer.from(`\uFEFF${json}`, 'utf16le').swap16()],
    ['not UTF-8, but perhaps Latin-1 or Windows-1252', Buffer.from(json, 'latin1')],
  ])('is refused where it is %s', (encoding, bytes) => {
    expect(said(bytes)).toEqual([
      `CLIENTS names ${join(folder, 'other.json')}, which is ${encoding}: save it as UTF-8`,
    ]);
    expect(problems({ ...production, CLIENTS_FILE: 'other.json', CLIENTS: undefined })).toEqual([
      `CLIENTS_FILE names ${join(folder, 'other.json')}, which is ${encoding}: save it as UTF-8`,
    ]);
  });

  it.each([
    ['[{"client_id": "hunter2" // mine\n}]', 'line 1, column 26: take out the comment'],
    [
      '[{"client_id": "hunter2",\n"client_name": \'x\'}]',
      'line 2, column 16: put text in straight double quotes',
    ],
    ['[{"client_id": “hunter2”}]', 'line 1, column 16: put text in straight double quotes'],
    ['[{"client_id": "hunter2"},\n]', 'line 2, column 1: take out the comma before it'],
    ['[{"client_id": "hunter2"\n"client_name": "x"}]', 'line 2, column 1: put a comma before it'],
    ['[{"client_id" "hunter2"}]', 'line 1, column 15: put a colon before it'],
    ['[{"client_id": "hunter2"}', 'line 1, column 26: put a ] there'],
    ['[{"client_id": "hunter2', 'line 1, column 16: end the text on its line'],
    ['[{"a": [1}]', 'line 1, column 10: look for a bracket before it that is not closed'],
    ['[{"a": 1,, "b": 2}]', 'line 1, column 10: take out the comma before it'],
    [
      '[{"a": True}]',
      'line 1, column 8: put text in double quotes; without them there are true, false, null and numbers',
    ],
    ['[1] []', 'line 1, column 5: take out what is after the end'],
    ['['.repeat(100_000), 'line 1, column 1: look for a missing quote or comma before it'],
    [
      '[{client_id: "hunter2"}]',
      'line 1, column 3: put text in double quotes; without them there are true, false, null and numbers',
    ],
  ])('of JSON says where it is none, and why: %s', (text, slip) => {
    for (const CLIENTS of [text, 'other.json']) {
      writeFileSync('other.json', text);
      const which = CLIENTS === text ? 'is not JSON' : `names ${join(folder, CLIENTS)}, which is not JSON`;
      expect(problems({ ...production, CLIENTS })).toEqual([`CLIENTS ${which}: ${slip}`]);
    }
  });
});

describe('USERS', () => {
  const query = 'SELECT id, password_hash FROM people WHERE username = :username';

  it.each([
    [
      { USERS: 'file:users.htpasswd', USERS_PEPPER: 'p' },
      { scheme: 'file', pepper: 'p' },
    ],
    [
      { USERS: 'sqlite:people.db', USERS_QUERY: query },
      { engine: 'sqlite', query },
    ],
    [
      { USERS: 'postgres://app:x%40y@db/app?sslmode=verify-full&sslrootcert=ca.pem', USERS_QUERY: query },
      { engine: 'postgres' },
    ],
    [{ USERS: 'postgresql://db/app', USERS_QUERY: `with x as (${query}) select *` }, { engine: 'postgres' }],
    [{ USERS: 'mysql://db/app?ssl-mode=VERIFY_CA&ssl-ca=ca.pem', USERS_QUERY: query }, { engine: 'mysql' }],
    [{ USERS: 'mysql2://db/app', USERS_QUERY: query }, { engine: 'mysql' }],
    [
      {
        USERS: 'sqlite:people.db',
        USERS_QUERY: query,
        USERS_BY_ID_QUERY: 'select id from people where id = :id',
      },
      { byIdQuery: 'select id from people where id = :id' },
    ],
    [
      { USERS: 'ldaps://dc1.example.com/dc=example,dc=com' },
      {
        url: 'ldaps://dc1.example.com',
        base: 'dc=example,dc=com',
        bindDn: '',
        filter: '(uid={username})',
        idAttribute: undefined,
        startTls: false,
      },
    ],
    [
      {
        USERS: 'ldap://dc1.example.com:3389/ou=the%20people,dc=example',
        USERS_LDAP_START_TLS: 'true',
        USERS_LDAP_CA_FILE: 'ca.pem',
        USERS_LDAP_BIND_DN: 'cn=service',
        USERS_LDAP_BIND_PASSWORD: 's3cret',
        USERS_LDAP_ID_ATTRIBUTE: 'ObjectGuid',
        USERS_LDAP_FILTER: '(&(objectClass=user)(sAMAccountName={username}))',
      },
      {
        url: 'ldap://dc1.example.com:3389',
        base: 'ou=the people,dc=example',
        startTls: true,
        ca: 'the authority',
        bindDn: 'cn=service',
        idAttribute: 'objectGUID',
      },
    ],
    [
      { USERS: 'https://example.com/check', USERS_HTTP_TOKEN: 's3cret' },
      { url: 'https://example.com/check', token: 's3cret' },
    ],
    [{ USERS: 'http://127.0.0.1:9000/check' }, { scheme: 'http' }],
    [
      { USERS: 'sqlite:people.db', USERS_QUERY: `-- who\n/* and */ (${query})`, USERS_CONNECTIONS: '3' },
      { connections: 3 },
    ],
    [{ USERS: './users.ts' }, { scheme: 'module' }],
    [{ USERS: 'lib/users.mjs' }, { scheme: 'module' }],
    [{ USERS: '@example/users' }, { scheme: 'module', module: '@example/users' }],
  ])('is read: %o', (settings, users) => {
    const parsed = parseConfig({ ...production, ...settings });
    expect(parsed).toMatchObject({ config: { users }, warnings: [] });
  });

  it.each([
    [{ USERS: 'users.htpasswd' }, /^USERS is no module; for a file in Apache’s format begin with file:/],
    [{ USERS: "'file:users.htpasswd'" }, /^USERS has quotes around it/],
    [{ USERS: 'redis://cache' }, /^USERS must begin with one of file:, sqlite:, /],
    [{ USERS: './nowhere.ts' }, /^USERS names \/.*\/nowhere\.ts, which does not exist: name a module/],
    [
      { USERS: 'sqlite:people.db' },
      /^USERS_QUERY is missing, and users in a database need it: give a SELECT by :username/,
    ],
    [
      { USERS: 'sqlite:people.db', USERS_QUERY: 'select id from people' },
      /^USERS_QUERY must have :username where the value goes/,
    ],
    [
      { USERS: 'sqlite:people.db', USERS_QUERY: `delete from people where x = :username` },
      /^USERS_QUERY must be a SELECT/,
    ],
    [
      { USERS: 'sqlite:people.db', USERS_QUERY: query, USERS_BY_ID_QUERY: query },
      /^USERS_BY_ID_QUERY must have :id/,
    ],
    [
      { USERS: 'postgres://db', USERS_QUERY: query },
      /^USERS must be like postgres:\/\/name:password@host\/data/,
    ],
    [{ USERS: 'postgres://app:s3cret#1@db/app', USERS_QUERY: query }, /as %2F, %23, %3F and %40$/],
    [{ USERS: 'mysql://db/app?ssl-mode=ON', USERS_QUERY: query }, /^USERS must have REQUIRED, VERIFY_CA,/],
    [
      { USERS: 'mysql://db/app?ssl-ca=none.pem', USERS_QUERY: query },
      /^USERS names \/.*\/none\.pem, .*correct ssl-ca/,
    ],
    [{ USERS: 'postgres://app:12/s3cret@db/app', USERS_QUERY: query }, /^USERS must be like postgres/],
    [
      { USERS: 'postgres://db/app?ssl-mode=REQUIRED', USERS_QUERY: query },
      /^USERS has ssl-mode, .* sslmode,/,
    ],
    [
      { USERS: 'mysql://db/app?sslmode=require', USERS_QUERY: query },
      /^USERS has sslmode, .* ssl-mode, ssl-ca$/,
    ],
    [{ USERS: 'ldaps://h/dc=x?uid?sub?(a=b)' }, /^USERS must be like ldaps/],
    [
      { USERS: 'ldaps://h/dc=x', USERS_CONNECTIONS: '0' },
      /^USERS_CONNECTIONS must be a whole number from 1 to 100/,
    ],
    [{ USERS: 'ldaps://dc1.example.com' }, /^USERS must be like ldaps:\/\/host\/dc=example,dc=com/],
    [{ USERS: 'ldap://dc1.example.com/dc=x' }, /^USERS would send passwords in the clear: use ldaps/],
    [{ USERS: 'ldaps://h/dc=x', USERS_LDAP_START_TLS: 'yes' }, /^USERS_LDAP_START_TLS must be true or false/],
    [
      { USERS: 'ldaps://h/dc=x', USERS_LDAP_BIND_DN: 'cn=x' },
      /^USERS_LDAP_BIND_DN and USERS_LDAP_BIND_PASSWORD/,
    ],
    [{ USERS: 'ldaps://h/dc=x', USERS_LDAP_FILTER: 'uid={username}' }, /^USERS_LDAP_FILTER must stand in/],
    [{ USERS: 'ldaps://h/dc=x', USERS_LDAP_FILTER: '(uid=x)' }, /^USERS_LDAP_FILTER must .*\{username\}/],
    [{ USERS: 'ldaps://h/dc=x', USERS_LDAP_CA_FILE: 'no.pem' }, /^USERS_LDAP_CA_FILE names \/.*\/no\.pem/],
    [
      { USERS: 'ldaps://h/dc=x', USERS_LDAP_ID_ATTRIBUTE: 'a)(b' },
      /^USERS_LDAP_ID_ATTRIBUTE must be the name/,
    ],
    [{ USERS: 'http://example.com/check' }, /^USERS would send passwords in the clear: use https/],
    [{ USERS: 'https://me:s3cret@example.com/' }, /^USERS must be a complete address .*without a name/],
    [{ USERS: 'https://example.com/', USERS_HTTP_TOKEN: 'a b' }, /^USERS_HTTP_TOKEN must be printable/],
  ])('is refused, with what to do: %o', (settings, problem) => {
    const said = problems({ ...production, ...settings });
    expect(said).toEqual([expect.stringMatching(problem)]);
    expect(said.join()).not.toContain('s3cret');
  });

  it('may be http in development', () => {
    expect(config({ USERS: 'http://users.local/check' }).users).toMatchObject({ scheme: 'http' });
  });

  it('takes secrets and long statements from files', () => {
    const parsed = config({ ...production, USERS: 'sqlite:people.db', USERS_QUERY_FILE: 'query.sql' });
    expect(parsed.users).toMatchObject({ query });
  });
});

describe('STORAGE', () => {
  it.each([
    ['postgres://me:s%40e@db.example.com:5433/links', { scheme: 'postgres' }],
    [
      'postgres://me:s%40e@/links?host=/var/run/postgresql',
      { url: 'postgres://me:s%40e@localhost/links?host=/var/run/postgresql' },
    ],
    ['postgres:///links?host=/cloudsql/a:b:c', { url: 'postgres:///links?host=/cloudsql/a:b:c' }],
    ['dynamodb:alexa-links?region=eusc-de-east-1', { region: 'eusc-de-east-1' }],
    ['dynamodb:alexa-links?region=us-iso-east-1', { region: 'us-iso-east-1' }],
    ['dynamodb:alexa-links?region=mx-central-12', { region: 'mx-central-12' }],
    ['dynamodb:links?region=local&endpoint=http://127.0.0.1:8000', { region: 'local' }],
    ['postgresql://me@db.example.com/links?sslmode=verify-full', { scheme: 'postgres' }],
    [
      'dynamodb:alexa-links?region=eu-west-1',
      { scheme: 'dynamodb', table: 'alexa-links', region: 'eu-west-1', endpoint: undefined },
    ],
    [
      'dynamodb:alexa.links_2?region=us-gov-west-1&endpoint=http%3A%2F%2F127.0.0.1%3A8000',
      { table: 'alexa.links_2', region: 'us-gov-west-1', endpoint: 'http://127.0.0.1:8000' },
    ],
  ])('may be %s', (value, expected) => {
    expect(config({ ...production, STORAGE: value }).storage).toMatchObject(expected);
  });

  it('takes the region from the AWS environment where none is given', () => {
    const STORAGE = 'dynamodb:alexa-links';
    expect(problems({ STORAGE })[0]).toMatch(/must say in which region the table is/);
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'])
      expect(problems({ STORAGE, [name]: 'eu-west-1' })).toEqual([]);
  });

  it.each([
    ['mongodb://me:hunter2@x/y', /must begin with sqlite:, postgres: or dynamodb:/],
    ['links.db', /must begin with sqlite:, postgres: or dynamodb:/],
    ['sqlite::memory:', /must be a file in production/],
    ['postgres://db.example.com', /must be like postgres:\/\/name:password@host\/database/],
    ['postgres://me:hunter2/x@db/links', /must be like postgres:\/\/name:password@host\/database/],
    ['postgres://me:hunter2@db/links?ssl_mode=require', /has ssl_mode, which is not read/],
    [
      'postgres://me:hunter2@db/links?sslrootcert=nowhere.pem',
      /names \/.*\/nowhere\.pem, which does not exist/,
    ],
    ['dynamodb:?region=eu-west-1', /must name a DynamoDB table/],
    ['dynamodb:a/b?region=eu-west-1', /must name a DynamoDB table/],
    ['dynamodb:alexa-links?region=Ireland', /must have a region like eu-west-1/],
    ['dynamodb:alexa-links?region=local', /must have a region like eu-west-1/],
    ['dynamodb:alexa-links?region=eu-west1', /must have a region like eu-west-1/],
    ['postgres://me:hunter2@/links', /must be like postgres:\/\/name:password@host\/database/],
    ['dynamodb:alexa-links?region=eu-west-1&hunter2=1', /which is not read: there are region and endpoint/],
    [
      'dynamodb:links?region=eu-west-1&endpoint=http://example.com',
      /must have an endpoint that begins with https/,
    ],
    ['dynamodb:links?region=eu-west-1&endpoint=nonsense', /must have an endpoint that begins with https/],
  ])('is refused as %s', (value, expected) => {
    const said = problems({ ...production, STORAGE: value });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
    expect(said[0]).toMatch(/^STORAGE /);
    expect(said.filter((each) => each.includes('me:hunter2'))).toEqual([]);
  });
});

describe('SIGNING_KEYS', () => {
  const [one, two] = [generateSigningKey('one'), generateSigningKey('two')];
  const { d: _private, ...publicTwo } = two;
  const rsa = generateSigningKey('rsa', 'RS256');
  const publicRsa = { kty: rsa.kty, n: rsa.n, e: rsa.e, kid: 'rsa' };
  const short = {
    ...generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' }),
    kid: 'short',
  };
  const keys = (...some: unknown[]) => JSON.stringify({ keys: some });
  const jwt = (SIGNING_KEYS: string) => problems({ ...production, ACCESS_TOKEN_FORMAT: 'jwt', SIGNING_KEYS });

  it('has the first sign and all verify, also public ones, and can be a file', () => {
    const { signingKeys } = config({ ...production, SIGNING_KEYS: keys(one, publicTwo) });
    expect(signingKeys?.signing.kid).toBe('one');
    expect(signingKeys?.published.map(({ kid }) => kid)).toEqual(['one', 'two']);
    expect(JSON.stringify(signingKeys?.published)).not.toContain(String(one.d));
    writeFileSync('keys.json', keys(two, one));
    for (const name of ['SIGNING_KEYS', 'SIGNING_KEYS_FILE'])
      expect(config({ ...production, [name]: 'keys.json' }).signingKeys?.signing.kid).toBe('two');
  });

  it('may be of RSA, beside others, and then signs RS256', () => {
    const { signingKeys } = config({ ...production, SIGNING_KEYS: keys({ ...rsa, use: undefined }, one) });
    expect(signingKeys?.signing).toMatchObject({ kid: 'rsa', alg: 'RS256' });
    expect(signingKeys?.published[0]).toEqual({ ...publicRsa, use: 'sig', alg: 'RS256' });
    expect(signingKeys?.published[1]).toMatchObject({ kid: 'one', alg: 'ES256' });
  });

  it('is needed in production for JWTs alone', () => {
    expect(problems({ ...production, ACCESS_TOKEN_FORMAT: 'jwt' })[0]).toMatch(
      /^SIGNING_KEYS is missing, and ACCESS_TOKEN_FORMAT=jwt needs it: make a key with/,
    );
    expect(problems({ ...production, ACCESS_TOKEN_FORMAT: 'opaque' })).toEqual([]);
    expect(problems({ ACCESS_TOKEN_FORMAT: 'jwt' })).toEqual([]);
  });

  it.each([
    ['{"keys": []}', /^SIGNING_KEYS must be a JWK set with a key in it/],
    ['{"keys": hunter2', /^SIGNING_KEYS is not JSON: line 1, column 10: /],
    [keys(null), /^SIGNING_KEYS\.keys\[0\] must be a key for ES256/],
    [keys({ ...one, kty: 'RSA' }), /^SIGNING_KEYS\.keys\[0\] must be a key for ES256/],
    [keys({ ...rsa, alg: 'PS256' }), /^SIGNING_KEYS\.keys\[0\] must be .*one for RS256/],
    [keys({ ...rsa, kid: undefined }), /^SIGNING_KEYS\.keys\[0\] must have a kid/],
    [keys({ ...publicRsa }), /^SIGNING_KEYS\.keys\[0\] signs, so it must be a private key/],
    [keys(short), /^SIGNING_KEYS\.keys\[0\] must be .*n of 2048 bits or more/],
    [keys(one, { ...two, x: 'AAAA' }), /^SIGNING_KEYS\.keys\[1\] must be a key for ES256/],
    [keys({ ...one, alg: 'ES384' }), /^SIGNING_KEYS\.keys\[0\] must be a key for ES256/],
    [keys({ ...one, kid: undefined }), /^SIGNING_KEYS\.keys\[0\] must have a kid/],
    [keys({ ...one, kid: '"<' }), /^SIGNING_KEYS\.keys\[0\] must have a kid/],
    [keys(one, { ...two, kid: 'one' }), /^SIGNING_KEYS has two keys with one kid/],
    [keys(publicTwo, one), /^SIGNING_KEYS\.keys\[0\] signs, so it must be a private key/],
    [keys({ ...one, d: two.d }), /^SIGNING_KEYS\.keys\[0\] signs, so it must be a private key/],
    ['nowhere.json', /^SIGNING_KEYS names \/.*\/nowhere\.json, which does not exist/],
  ])('is refused as %s', (value, expected) => {
    const said = jwt(value);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
    for (const secret of [one.d, two.d, 'hunter2']) expect(said[0]).not.toContain(String(secret));
  });
});

describe('ACCESS_TOKEN_FORMAT and METRICS_PORT', () => {
  it('are opaque and off unless set', () => {
    expect(config(production)).toMatchObject({ accessTokenFormat: 'opaque', metricsPort: undefined });
    expect(config({ ...production, METRICS_PORT: '9464' }).metricsPort).toBe(9464);
  });

  it.each([
    [{ ACCESS_TOKEN_FORMAT: 'JWT' }, 'ACCESS_TOKEN_FORMAT must be opaque or jwt'],
    [{ METRICS_PORT: '0' }, 'METRICS_PORT must be a whole number from 1 to 65535'],
    [{ METRICS_PORT: '8080' }, 'METRICS_PORT must not be PORT: metrics are not for everybody'],
  ] as const)('are refused as %o', (changes, expected) => {
    expect(problems({ ...production, ...changes })).toEqual([expected]);
  });
});
