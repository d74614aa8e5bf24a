import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { generateSigningKey } from '../../src/config/signing-keys.ts';
import { awsEnvironment } from '../support/dynamodb.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';
import {
  allLinks,
  authorizePath,
  clientSecret,
  freePort,
  htpasswd,
  link,
  settings,
  signIn,
  type TestServer,
  temporaryFolder,
} from '../support/server.ts';
import { startStorages } from '../support/storages.ts';

const { engines } = startStorages();

type Environment = Readonly<Record<string, string>>;

async function startInstance(env: Environment): Promise<ServerProcess> {
  const server = startProcess({ ...env, PORT: String(await freePort()) });
  await server.said(/server\.started/);
  return server;
}

/** Two processes that know of each other only by the storage. */
async function startTwo(
  storage: string,
): Promise<{ one: ServerProcess; other: ServerProcess; env: Environment }> {
  const env = {
    ...(await settings(temporaryFolder())),
    ...awsEnvironment,
    PUBLIC_URL: 'https://link.example.com',
    STORAGE: storage,
  };
  const [one, other] = await Promise.all([startInstance(env), startInstance(env)]);
  return { one, other, env };
}

const asServer = ({ url }: { readonly url: string }) => ({ url }) as TestServer;

async function isActive({ url }: { readonly url: string }, token: string): Promise<boolean> {
  const body = new URLSearchParams({ client_id: 'cloud-lights', client_secret: clientSecret, token });
  const answer = await request(url).post('/introspect').type('form').send(body.toString());
  return (answer.body as { active: boolean }).active;
}

async function postLinks({ url }: { readonly url: string }, fields: Readonly<Record<string, string>>) {
  const { status, text } = await request(url)
    .post('/links')
    .set('Sec-Fetch-Site', 'same-origin')
    .type('form')
    .send(fields);
  return { status, ticket: /name="ticket" value="([^"]+)"/.exec(text)?.[1] ?? '' };
}

describe.each(Object.entries(engines))('two processes on one %s', (_name, place) => {
  it('serve one flow in turns: page, sign-in, token, links, unlinking', async () => {
    const { one, other } = await startTwo((await place()).location());
    const page = await request(one.url).get(authorizePath());
    const [, reference = ''] = /name="reference" value="([^"]+)"/.exec(page.text) ?? [];
    const answer = await signIn(other, authorizePath(), {
      username: 'alice',
      password: 'wonderland',
      reference,
    });
    const fragment = new URL(answer.headers['location'] ?? '').hash.slice(1);
    const token = new URLSearchParams(fragment).get('access_token') ?? '';
    expect(await isActive(one, token)).toBe(true);
    expect(await isActive(other, token)).toBe(true);
    const { ticket } = await postLinks(one, { username: 'alice', password: 'wonderland' });
    const unlinking = await Promise.all(
      [one, other].map((server) => postLinks(server, { ticket, link: allLinks() })),
    );
    expect(unlinking.map(({ status }) => status)).toEqual([200, 200]);
    expect(await isActive(one, token)).toBe(false);
    expect(await isActive(other, token)).toBe(false);
  });

  it('count failures together', async () => {
    const { one, other } = await startTwo((await place()).location());
    const wrong = { username: 'alice', password: 'x' };
    // Three at once from one address, so the ten take as long as four.
    await Promise.all(
      Array.from({ length: 10 }, (_, time) => signIn(time % 2 ? one : other, authorizePath(), wrong)),
    );
    for (const server of [one, other]) expect((await signIn(server, authorizePath())).status).toBe(429);
  });

  it('lose nothing that was answered when one is killed in the middle of its work', async () => {
    const { one, other } = await startTwo((await place()).location());
    const early = await link(asServer(other));
    const answered: string[] = [];
    let enough = () => {};
    const fiveAnswered = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const linking = Array.from({ length: 10 }, async () => {
      // A refusal of the connection is what users see of a killed process.
      const once = () => link(asServer(other)).catch(() => undefined);
      for (let token = await once(); token !== undefined; token = await once()) {
        answered.push(token);
        if (answered.length === 5) enough();
      }
    });
    await fiveAnswered;
    other.child.kill('SIGKILL');
    await Promise.all(linking);
    for (const token of [early, ...answered]) expect(await isActive(one, token)).toBe(true);
    expect(await isActive(one, await link(asServer(one)))).toBe(true);
  });
});

/** What skills do with a token: ask any instance, or verify it by the keys that any instance publishes. */
const readers = {
  'ask this server': async (servers: readonly ServerProcess[], token: string) =>
    (await Promise.all(servers.map((server) => isActive(server, token)))).every((active) => active),
  'verify by themselves': async (servers: readonly ServerProcess[], token: string) => {
    const verified = servers.map(async ({ url }) => {
      const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
      await jwtVerify(token, keys, { issuer: 'https://link.example.com', audience: 'cloud-lights' });
    });
    return (await Promise.allSettled(verified)).every(({ status }) => status === 'fulfilled');
  },
};

const [old, next] = [generateSigningKey('old'), generateSigningKey('next')];

/** A line of a file of users: the password is wonderland. */
const ofUser = (index: number) => htpasswd.replace(/\n.*/s, '\n').replace('alice', `user${index}`);

describe.each([
  ['put first', 'ask this server', [[next, old]]],
  [
    'put second and then first',
    'verify by themselves',
    [
      [old, next],
      [next, old],
    ],
  ],
] as const)('a new signing key, %s', (_how, reader, sets) => {
  it(`breaks no token while instances are replaced one after the other under load, for skills that ${reader}`, async () => {
    const { location } = await engines.PostgreSQL();
    const keys = (some: readonly object[]) => ({
      ACCESS_TOKEN_FORMAT: 'jwt',
      SIGNING_KEYS: JSON.stringify({ keys: some }),
    });
    const env = {
      // Each user may make thirty links an hour.
      ...(await settings(
        temporaryFolder(),
        Array.from({ length: 40 }, (_, index) => ofUser(index)).join(''),
      )),
      PUBLIC_URL: 'https://link.example.com',
      STORAGE: location(),
    };
    let running = await Promise.all([1, 2].map(() => startInstance({ ...env, ...keys([old]) })));
    const tokens: string[] = [];
    const broken: string[] = [];
    let loading = true;
    /** Links at one instance after the other and reads each token, over and over. */
    async function load(): Promise<void> {
      while (loading) {
        const servers = running;
        const at = servers[tokens.length % servers.length];
        if (at === undefined) return;
        const fields = { username: `user${tokens.length % 40}`, password: 'wonderland' };
        const token = await link(asServer(at), {}, fields);
        tokens.push(token);
        if (!(await readers[reader](servers, token))) broken.push(token);
      }
    }
    const loads = [load(), load()];
    const someMore = async () => {
      const before = tokens.length;
      await expect.poll(() => tokens.length).toBeGreaterThan(before + 10);
    };
    for (const set of sets)
      for (const place of [0, 1]) {
        const replaced = running[place];
        const fresh = await startInstance({ ...env, ...keys(set) });
        running = running.map((server) => (server === replaced ? fresh : server));
        // With the old and the new one side by side, and nothing more under way at the one that leaves.
        await someMore();
        replaced?.child.kill('SIGTERM');
        expect(await replaced?.ended).toBe(0);
      }
    loading = false;
    await Promise.all(loads);
    expect(broken).toEqual([]);
    for (const token of tokens) expect(await readers[reader](running, token)).toBe(true);
    const signedBy = (token: string) => decodeProtectedHeader(token).kid;
    expect(new Set(tokens.map(signedBy))).toEqual(new Set(['old', 'next']));
  });
});
