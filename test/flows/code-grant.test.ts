import type { Response } from 'supertest';
import { describe, expect, it } from 'vitest';
import { postgresDialect } from '../../src/sql/postgres.ts';
import { openDatabase } from '../../src/storage/sql-schema.ts';
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

const tokensOf = ({ body }: Response): Tokens => body;

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

  it('give a code’s tokens to one of 20 requests, and they work', async () => {
    const servers = await startFive();
    const [one = servers[0] as ServerProcess] = servers;
    const code = await authorizeCode(one);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: codeRedirectUri };
    const answers = await atOnce(servers, 20, (server) => postToken(server, fields));
    const given = answers.filter(({ status }) => status === 200);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(400)]);
    const [tokens] = await Promise.all(given.map(tokensOf));
    expect(await isActive(one, tokens?.access_token ?? '')).toBe(true);
    expect((await refresh(one, tokens?.refresh_token ?? '')).status).toBe(200);
  });

  it('give all of 20 that refresh at once access tokens that work, and the same refresh token', async () => {
    const servers = await startFive();
    const [one = servers[0] as ServerProcess] = servers;
    const { refresh_token: token } = await redeem(one, await authorizeCode(one));
    const answers = await atOnce(servers, 20, (server) => refresh(server, token));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const all = await Promise.all(answers.map(tokensOf));
    const active = await Promise.all(all.map((tokens) => isActive(one, tokens.access_token)));
    expect(active).toEqual(Array(20).fill(true));
    expect(all.map((tokens) => tokens.refresh_token)).toEqual(Array(20).fill(token));
  });

  it('have every link that was refreshed, when one is killed in the middle of its work', async () => {
    const [killed, other] = await startFive();
    if (killed === undefined || other === undefined) throw new Error('too few');
    const linked = await Promise.all(
      Array.from({ length: 10 }, async () => redeem(other, await authorizeCode(other))),
    );
    const refreshing = linked.map(({ refresh_token: token }) => refresh(killed, token).then(tokensOf));
    await Promise.race(refreshing);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const answered = await Promise.allSettled(refreshing);
    for (const [index, { refresh_token: token }] of linked.entries()) {
      const result = answered[index];
      if (result?.status === 'fulfilled') expect(await isActive(other, result.value.access_token)).toBe(true);
      expect((await refresh(other, token)).status).toBe(200);
    }
  });
});

describe('a crash between storing and answering', () => {
  it('does not cost the user the link: the same refresh token works again, at once and an hour later', async () => {
    const { location, port = 0 } = await engines.PostgreSQL();
    const proxy = await startFlakyProxy(port);
    const env = await environment(location());
    const other = await startInstance(env);
    const crashing = await startInstance({ ...env, STORAGE: location(proxy.port) });
    const { refresh_token: token } = await redeem(other, await authorizeCode(other));
    const stored = proxy.swallowAnswersAfter(/commit/);
    const lost = refresh(crashing, token).catch(() => 'lost');
    await stored;
    crashing.child.kill('SIGKILL');
    expect(await lost).toBe('lost');

    const db = openDatabase(postgresDialect(location()));
    const tokens = await db.selectFrom('alexaAccessTokens').select('digest').execute();
    expect(tokens).toHaveLength(2);
    expect(await isActive(other, (await tokensOf(await refresh(other, token))).access_token)).toBe(true);
    // An hour goes by for the link and its tokens.
    await db
      .updateTable('alexaLinks')
      .set((row) => ({ createdAt: row('createdAt', '-', 3600), redeemedAt: row('redeemedAt', '-', 3600) }))
      .execute();
    await db
      .updateTable('alexaAccessTokens')
      .set((row) => ({ issuedAt: row('issuedAt', '-', 3600) }))
      .execute();
    expect(await isActive(other, (await tokensOf(await refresh(other, token))).access_token)).toBe(true);
    await db.destroy();
  });
});
