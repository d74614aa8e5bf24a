import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { sha256 } from '../src/crypto/digest.ts';
import { cloudLights } from './support/server.ts';

const files: Record<string, string> = {
  'clients.json': JSON.stringify([cloudLights]),
  'users.htpasswd': '',
  secret: 'sqlite:/var/lib/links.db\n',
};

function readFile(path: string): string {
  const content = files[path];
  if (content === undefined) throw Object.assign(new Error('no'), { code: 'ENOENT' });
  return content;
}

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://link.example.com',
  CLIENTS: 'clients.json',
  USERS: 'file:users.htpasswd',
  STORAGE: 'sqlite:/var/lib/links.db',
};

function parse(env: Record<string, string | undefined>) {
  return parseConfig(env, readFile);
}

function config(env: Record<string, string | undefined>) {
  const parsed = parse(env);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

/** What is said, each as `WHERE message`. */
function problems(env: Record<string, string | undefined>): string[] {
  const parsed = parse(env);
  return 'problems' in parsed ? parsed.problems.map(({ where, message }) => `${where} ${message}`) : [];
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
      host: '0.0.0.0',
      trustProxy: false,
      clients: undefined,
      users: undefined,
      storage: { scheme: 'sqlite', path: 'data/links.db' },
      logLevel: 'info',
    });
    expect(config({ PORT: '9000' }).publicUrl).toBe('http://localhost:9000');
  });

  it('is frozen', () => {
    const parsed = config(production);
    expect(Object.isFrozen(parsed)).toBe(true);
    expect(Object.isFrozen(parsed.clients?.get('cloud-lights'))).toBe(true);
  });

  it('has no defaults in production, and names all that is missing at once, each with what to do', () => {
    const said = problems({ NODE_ENV: 'production' });
    expect(said.map((line) => line.split(' ')[0])).toEqual(['PUBLIC_URL', 'CLIENTS', 'USERS', 'STORAGE']);
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
      'PUBLIC_URL',
      'TRUST_PROXY',
      'USERS',
      'STORAGE',
      'LOG_LEVEL',
    ]);
  });

  it('warns of an address for the internet without NODE_ENV', () => {
    const { NODE_ENV: _left, ...rest } = production;
    expect(parse(rest).warnings[0]).toMatch(/^NODE_ENV is not set/);
    expect(parse({ ...rest, NODE_ENV: 'development' }).warnings).toEqual([]);
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
    ['2', 2],
    ['false', false],
    ['', false],
  ])('takes TRUST_PROXY=%s', (value, expected) => {
    expect(config({ ...production, TRUST_PROXY: value }).trustProxy).toEqual(expected);
  });

  it.each(['true', 'proxy.example.com', '10.0.0.0/33', '10.0.0.0/8/8', 'loopback;linklocal', '-1'])(
    'refuses TRUST_PROXY=%s',
    (value) => expect(problems({ ...production, TRUST_PROXY: value })[0]).toMatch(/^TRUST_PROXY must/),
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
      'STORAGE_FILE names gone, which does not exist: correct the path or its permissions',
    ]);
    expect(STORAGE).toBeDefined();
  });

  it('names variables that look like one of its own', () => {
    const { warnings } = parse({
      ...production,
      PUBLIC_URI: 'x',
      CLIENT: 'x',
      TRUSTED_PROXY: 'x',
      USERPROFILE: 'x',
      USER: 'me',
      HOME: '/',
      EDITOR: 'vi',
    });
    expect(warnings).toEqual([
      'PUBLIC_URI is set, but nobody reads it: did you mean PUBLIC_URL?',
      'CLIENT is set, but nobody reads it: did you mean CLIENTS?',
      'TRUSTED_PROXY is set, but nobody reads it: did you mean TRUST_PROXY?',
    ]);
  });

  it('takes paths as they are written in a URL and as they are written in a shell', () => {
    for (const value of ['sqlite:/var/links.db', 'sqlite:///var/links.db']) {
      expect(config({ STORAGE: value }).storage.path).toBe('/var/links.db');
    }
    expect(config({ STORAGE: 'sqlite:links.db' }).storage.path).toBe('links.db');
    expect(problems({ STORAGE: 'sqlite:' })[0]).toMatch(/must begin with sqlite:/);
  });

  it('never throws, whatever the environment holds', () => {
    const names = fc.constantFrom(
      ...Object.keys(production),
      'PORT',
      'TRUST_PROXY',
      'LOG_LEVEL',
      'USERS_FILE',
    );
    fc.assert(fc.property(fc.dictionary(names, fc.string({ unit: 'binary' })), (env) => void parse(env)));
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

  it('keep no secret but its digest, given either way', () => {
    for (const client_secret of ['s3cret', `sha256:${sha256('s3cret')}`]) {
      const parsed = config({ ...production, CLIENTS: JSON.stringify([{ ...cloudLights, client_secret }]) });
      expect(parsed.clients?.get('cloud-lights')?.secretDigest).toBe(sha256('s3cret'));
    }
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
    [{ response_types: ['code'] }, /response_types\[0\] must be "token"/],
    [{ scope: 'profile "lights"' }, /scope must be scopes separated by spaces/],
    [{ client_secret: '' }, /client_secret must not be empty/],
    [{ client_secret: 'sha256:abc' }, /client_secret must have 43 characters of base64url/],
    [
      { access_token_ttl: 359, allow_short_lived_implicit_tokens: true },
      /access_token_ttl must be at least 360 seconds/,
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
    { brand_color: '#0a7', logo_uri: 'https://cdn.example.com/logo.png' },
  ])('may have %o', (changes) => expect(clientProblems(changes)).toEqual([]));

  it('have a client_id each', () => {
    const said = problems({ ...production, CLIENTS: JSON.stringify([cloudLights, cloudLights]) });
    expect(said[0]).toMatch(/^CLIENTS\[1\]\.client_id is that of an earlier client too/);
  });

  it.each([
    [
      '[{"client_secret": "hunter2",}]',
      /^CLIENTS is not JSON \(line 1 column \d+\): look for a missing quote/,
    ],
    ['{"client_id": "x"}', /^CLIENTS must be a list of at least one client/],
    ['[]', /^CLIENTS must be a list of at least one client/],
    ['[null]', /^CLIENTS\[0\] must be an object/],
    ['nowhere.json', /^CLIENTS names nowhere.json, which does not exist/],
    [
      `'[{"client_secret":"hunter2"}]'`,
      /^CLIENTS names a file, which does not exist: .* without quotes around it/,
    ],
    ['[{"client_id": "a", "hunter2 is my password": 1}]', /CLIENTS\[0\] has an unknown key: known are/],
  ])('refuse CLIENTS=%s without repeating a secret', (value, expected) => {
    const said = problems({ ...production, CLIENTS: value }).join('\n');
    expect(said).toMatch(expected);
    expect(said).not.toContain('hunter2');
  });
});
