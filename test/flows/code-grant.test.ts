import { Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { postgresDialect } from '../../src/sql/postgres.ts';
import { awsEnvironment } from '../support/dynamodb.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';
import {
  authorizeCode,
  codeRedirectUri,
  freePort,
  isActive,
  postToken,
  redeem,
  refresh,
  settings,
  type Tokens,
  temporaryFolder,
} from '../support/server.ts';
import { startStorages } from '../support/storages.ts';

const { engines } = startStorages();

type Environment = Readonly<Record<string, string>>;

async function environment(storage: string): Promise<Environment> {
  return { ...(await settings(temporaryFolder())), ...awsEnvironment, STORAGE: storage };
}

async function startInstance(env: Environment): Promise<ServerProcess> {
  const server = startProcess({ ...env, PORT: String(await freePort()) });
  await server.said(/server\.started/);
  return server;
}

const tokensOf = async (answer: Response) => (await answer.json()) as Tokens;

/** So many requests, spread over all servers at once. */
function atOnce<Result>(
  servers: readonly ServerProcess[],
  count: number,
  ask: (server: ServerProcess) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => ask(servers[index % servers.length] as ServerProcess)),
  );
}

describe.each(Object.entries(engines))('five processes on one %s', (_name, place) => {
  async function startFive(): Promise<ServerProcess[]> {
    const env = await environment((await place()).location());
    // The first one makes the tables, or all would wait for each other.
    const first = await startInstance(env);
    return [first, ...(await Promise.all(Array.from({ length: 4 }, () => startInstance(env))))];
  }

  it('give a code’s tokens to one of 20 requests, and end them for the others', async () => {
    const servers = await startFive();
    const [one = servers[0] as ServerProcess] = servers;
    const code = await authorizeCode(one);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: codeRedirectUri };
    const answers = await atOnce(servers, 20, (server) => postToken(server, fields));
    const given = answers.filter(({ status }) => status === 200);
    expect(given).toHaveLength(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(400)]);
    const [tokens] = await Promise.all(given.map(tokensOf));
    expect(await isActive(one, tokens?.access_token ?? '')).toBe(false);
    expect((await refresh(one, tokens?.refresh_token ?? '')).status).toBe(400);
  });

  it('give all of 20 that refresh at once tokens that work, with one refresh token to go on', async () => {
    const servers = await startFive();
    const [one = servers[0] as ServerProcess] = servers;
    let { refresh_token: token } = await redeem(one, await authorizeCode(one));
    for (let round = 0; round < 3; round += 1) {
      const answers = await atOnce(servers, 20, (server) => refresh(server, token));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      const all = await Promise.all(answers.map(tokensOf));
      const active = await Promise.all(all.map((tokens) => isActive(one, tokens.access_token)));
      expect(active).toEqual(Array(20).fill(true));
      const next = new Set(all.map((tokens) => tokens.refresh_token));
      expect(next.size).toBe(1);
      [token = ''] = next;
    }
  });

  it('have every refresh token that was answered, when one is killed in the middle of its work', async () => {
    const [killed, other] = await startFive();
    if (killed === undefined || other === undefined) throw new Error('too few');
    const linked = await Promise.all(
      Array.from({ length: 10 }, async () => redeem(other, await authorizeCode(other))),
    );
    const refreshing = linked.map(({ refresh_token: token }) => refresh(killed, token).then(tokensOf));
    await Promise.race(refreshing);
    killed.child.kill('SIGKILL');
    await killed.ended;
    // Alexa tries again with what it has: the new token where it got one, the old one where it did not.
    for (const [index, result] of (await Promise.allSettled(refreshing)).entries()) {
      const newest = result.status === 'fulfilled' ? result.value : linked[index];
      expect((await refresh(other, newest?.refresh_token ?? '')).status).toBe(200);
    }
  });
});

describe('a crash between storing and answering', () => {
  it('does not cost the person the link: the old refresh token works once more, however late', async () => {
    const { location, port = 0 } = await engines.PostgreSQL();
    const proxy = await startFlakyProxy(port);
    const env = await environment(location());
    const other = await startInstance(env);
    const crashing = await startInstance({ ...env, STORAGE: location(proxy.port) });
    const { refresh_token: old } = await redeem(other, await authorizeCode(other));
    const stored = proxy.swallowAnswersAfter(/commit/);
    const lost = refresh(crashing, old).catch(() => 'lost');
    await stored;
    crashing.child.kill('SIGKILL');
    expect(await lost).toBe('lost');

    const db = new Kysely<unknown>({ dialect: postgresDialect(location()) });
    const kept = () =>
      sql<{ refresh_answered: string; predecessor: string }>`
        select refresh_answered, refresh_predecessors::json->0 as predecessor from alexa_links`.execute(db);
    const [row] = (await kept()).rows;
    expect(row).toMatchObject({ refresh_answered: '0', predecessor: { usedAt: expect.any(Number) } });
    // Two hours go by.
    await sql`update alexa_links set refresh_predecessors = regexp_replace(refresh_predecessors, '"usedAt":\d+',
      '"usedAt":' || (extract(epoch from now())::bigint - 7200))`.execute(db);
    const tokens = await tokensOf(await refresh(other, old));
    expect(await isActive(other, tokens.access_token)).toBe(true);
    expect((await refresh(other, tokens.refresh_token)).status).toBe(200);
    await db.destroy();
  });
});
