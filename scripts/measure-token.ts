import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hashPassword } from '../src/passwords/password-hash.ts';
import { startPostgres } from '../test/support/databases.ts';

/*
 * How long `/token` takes to refresh, alone and while sign-ins keep all hash threads busy: `npm run measure:token`.
 * Alexa waits for 4.5 seconds.
 */

const port = 8097;
const loads = [1, 16, 128];
const links = 200;
const seconds = 5;
const signInsAtOnce = 48;
/** Each may make thirty links an hour. */
const quickUsers = 20;
const redirectUri = 'https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA';
const client = { client_id: 'skill', client_secret: 'secret' };
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

interface Answer {
  readonly status: number | undefined;
  readonly location: string | undefined;
  readonly body: string;
}

function post(path: string, fields: Readonly<Record<string, string>>, from = '192.0.2.1'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Forwarded-For': from };
    const sending = request({ port, path, method: 'POST', agent, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      answer.on('end', () => {
        const { statusCode: status, headers } = answer;
        resolve({ status, location: headers.location, body });
      });
    });
    sending.on('error', reject).end(new URLSearchParams(fields).toString());
  });
}

function signIn(user: string, address: string): Promise<Answer> {
  const query = new URLSearchParams({ client_id: 'skill', response_type: 'code', redirect_uri: redirectUri });
  return post(`/authorize?${query}`, { username: user, password: 'password' }, address);
}

/** Asks for tokens and gives the refresh token. */
async function askForTokens(fields: Readonly<Record<string, string>>): Promise<string> {
  const { status, body } = await post('/token', { ...client, ...fields });
  if (status !== 200) throw new Error(`${status}: ${body}`);
  return JSON.parse(body).refresh_token;
}

async function link(count: number): Promise<string> {
  const { location = 'x:' } = await signIn(`quick${count % quickUsers}`, '192.0.2.2');
  const code = new URL(location).searchParams.get('code') ?? '';
  return askForTokens({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
}

/** Refreshes link after link, so many at once, for some seconds, and says how long that took. */
async function measure(tokens: readonly string[], load: number, what: string): Promise<void> {
  const spent: number[] = [];
  const until = performance.now() + seconds * 1000;
  let next = 0;
  async function refreshOne(): Promise<void> {
    while (performance.now() < until) {
      next = (next + 1) % tokens.length;
      const refresh_token = tokens[next] ?? '';
      const startedAt = performance.now();
      await askForTokens({ grant_type: 'refresh_token', refresh_token });
      spent.push(performance.now() - startedAt);
    }
  }
  await Promise.all(Array.from({ length: load }, refreshOne));
  spent.sort((a, b) => a - b);
  const at = (part: number) => (spent[Math.floor(spent.length * part)] ?? Number.NaN).toFixed(1);
  process.stdout.write(
    `${what}, ${load} at once: ${Math.round(spent.length / seconds)} a second, median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${spent.at(-1)?.toFixed(0)} ms\n`,
  );
}

async function measureOn(engine: string, storage: string, folder: string): Promise<void> {
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    HOST: '127.0.0.1',
    TRUST_PROXY: 'loopback',
    LOG_LEVEL: 'error',
    STORAGE: storage,
    USERS: `file:${join(folder, 'users.htpasswd')}`,
    CLIENTS: JSON.stringify([
      { ...client, client_name: 'Skill', redirect_uris: [redirectUri], response_types: ['code'] },
    ]),
  };
  const server = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], { env });
  for await (const line of createInterface({ input: server.stdout })) if (/Open/.test(line)) break;
  server.stdout.resume();
  const tokens: string[] = [];
  for (let count = 0; count < links; count += 1) tokens.push(await link(count));
  for (const load of loads) {
    await measure(tokens, load, engine);
    let busy = true;
    const signingIn = Array.from({ length: signInsAtOnce }, async (_, index) => {
      while (busy) await signIn(`slow${load}-${index}`, `198.51.100.${index}`);
    });
    await measure(tokens, load, `${engine}, ${signInsAtOnce} signing in`);
    busy = false;
    await Promise.all(signingIn);
  }
  server.kill('SIGTERM');
  await once(server, 'exit');
}

const folder = mkdtempSync(join(tmpdir(), 'token-'));
const quick = `{SHA}${createHash('sha1').update('password').digest('base64')}`;
const slow = await hashPassword('password');
const users = [
  ...Array.from({ length: quickUsers }, (_, index) => `quick${index}:${quick}`),
  ...loads.flatMap((load) =>
    Array.from({ length: signInsAtOnce }, (_, index) => `slow${load}-${index}:${slow}`),
  ),
];
writeFileSync(join(folder, 'users.htpasswd'), users.join('\n'));
await measureOn('SQLite', `sqlite:${join(folder, 'links.db')}`, folder);
const postgres = await startPostgres();
await measureOn('PostgreSQL', postgres.url(), folder);
await postgres.stop();
rmSync(folder, { recursive: true });
