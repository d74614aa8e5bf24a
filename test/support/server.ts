import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request, { type Response } from 'supertest';
import { onTestFinished } from 'vitest';
import { type Config, parseConfig } from '../../src/config/config.ts';
import { createAccountLinkingServer } from '../../src/server.ts';
import { createLog } from '../../src/telemetry/log.ts';

import { hurryRefusals } from './clock.ts';

/** Made with `htpasswd -nbB -C 5` of Apache 2.4.71: alice's password is wonderland, zoé's is pässwörd. */
export const htpasswd = `alice:$2y$05$/NjlYi.RAswnuMYFqkJDru4qMRkwgLZ4Y37O82bo9Y1TQ8Xi/B77m
zoé:$2y$05$NnMEP5fKgO1odlMzfHUdP.Y/3okMdf.LgQERLkh98qMImC98.l4aS
`;

export const clientSecret = 'a long client secret with +, % and a blank';

export const otherSecret = 'another long client secret, of another skill';

export const cloudLights = {
  client_id: 'cloud-lights',
  client_name: 'Cloud Lights',
  alexa_vendor_ids: ['M2AAAAAAAAAAAA'],
  redirect_uris: ['https://app.example.com/linked?from=alexa'],
  scope: 'profile lights',
  scope_descriptions: { profile: 'Your name and email address', lights: 'Your lights, to switch them' },
  client_secret: clientSecret,
};

/** A second skill at the same server, without a way to tell it from the first but its credentials. */
const otherSkill = {
  ...cloudLights,
  client_id: 'other-skill',
  client_name: 'Other Skill',
  client_secret: otherSecret,
  access_token_ttl: 2_592_000,
};

/** A skill of the code grant alone. */
export const cloudHeating = {
  ...cloudLights,
  client_id: 'cloud-heating',
  client_name: 'Cloud Heating',
  response_types: ['code'],
};

export const euRedirectUri =
  'https://layla.amazon.com/spa/skill/account-linking-status.html?vendorId=M2AAAAAAAAAAAA';

/** The query of an authorization request, each value encoded as the Alexa app does. */
export function authorizePath(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const parameters = {
    client_id: 'cloud-lights',
    response_type: 'token',
    state: 'xyz',
    redirect_uri: euRedirectUri,
    ...changes,
  };
  const query = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `/authorize?${query.join('&')}`;
}

export type LogLine = Readonly<Record<string, unknown>>;

export interface TestServer {
  readonly url: string;
  readonly config: Config;
  /** Where its files are: `users.htpasswd`, `links.db`. */
  readonly folder: string;
  readonly log: readonly LogLine[];
  /** The lines of one event. */
  events(name: string): LogLine[];
  stop(): Promise<void>;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alexa-account-linking-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Systems give out none of these ports by themselves. Each worker of the tests has a share, and goes through it in order. */
const share = 1000;
const firstPort = 10_240 + share * (Number(process.env['VITEST_POOL_ID'] ?? 0) % 20);
let portsUsed = Math.floor(Math.random() * share);

/** A port that nobody listens at, now or a moment later. */
export async function freePort(): Promise<number> {
  portsUsed += 1;
  const port = firstPort + (portsUsed % share);
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return freePort();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** The settings of a server with three skills and two users, its files in a folder. */
export async function settings(folder: string, users = htpasswd): Promise<Record<string, string>> {
  writeFileSync(join(folder, 'users.htpasswd'), users);
  writeFileSync(join(folder, 'clients.json'), JSON.stringify([cloudLights, otherSkill, cloudHeating]));
  const port = await freePort();
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    CLIENTS: join(folder, 'clients.json'),
    USERS: `file:${join(folder, 'users.htpasswd')}`,
    STORAGE: `sqlite:${join(folder, 'links.db')}`,
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The whole server, listening, with its log kept; it is stopped after the test. */
export async function startServer(changes: Environment = {}): Promise<TestServer> {
  const folder = temporaryFolder();
  return startServerIn(folder, { ...(await settings(folder)), ...changes });
}

/** As `startServer`, with all settings given: so that one server can take over from another. */
export async function startServerIn(
  folder: string,
  env: Environment,
  log: LogLine[] = [],
): Promise<TestServer> {
  hurryRefusals();
  const parsed = parseConfig(env);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const server = await createAccountLinkingServer(
    parsed.config,
    createLog('info', { write: (line) => void log.push(JSON.parse(line)) }),
  );
  await server.listen();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= server.stop(0);
    return stopped;
  };
  onTestFinished(stop);
  return {
    url: `http://127.0.0.1:${parsed.config.port}`,
    config: parsed.config,
    folder,
    log,
    events: (name) => log.filter(({ event }) => event === name),
    stop,
  };
}

/** Signs in and gives the access token out of the fragment. */
export async function link(
  server: Pick<TestServer, 'url'>,
  changes: Readonly<Record<string, string>> = {},
  fields?: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await signIn(server, authorizePath(changes), fields);
  const token = new URLSearchParams(new URL(answer.headers['location'] ?? '').hash.slice(1)).get(
    'access_token',
  );
  if (token === null) throw new Error(`no token: status ${answer.status}`);
  return token;
}

/** Where Alexa asks to be answered with a code. */
export const codeRedirectUri = 'https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA';

/** The query of an authorization request for a code. */
export function authorizeCodePath(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const own = { client_id: 'cloud-heating', response_type: 'code', redirect_uri: codeRedirectUri };
  return authorizePath({ ...own, ...changes });
}

/** Signs in and gives the code out of the query. */
export async function authorizeCode(
  server: Pick<TestServer, 'url'>,
  changes: Readonly<Record<string, string>> = {},
  fields?: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await signIn(server, authorizeCodePath(changes), fields);
  const code = new URL(answer.headers['location'] ?? 'x:').searchParams.get('code');
  if (code === null) throw new Error(`no code: status ${answer.status}`);
  return code;
}

/** Asks for tokens as Alexa does, with credentials in the body. */
export async function postToken(
  server: Pick<TestServer, 'url'>,
  fields: Readonly<Record<string, string>>,
): Promise<Response> {
  const credentials = { client_id: 'cloud-heating', client_secret: clientSecret };
  return await request(server.url)
    .post('/token')
    .type('form')
    .send({ ...credentials, ...fields });
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

export async function redeem(server: Pick<TestServer, 'url'>, code: string): Promise<Tokens> {
  const fields = { grant_type: 'authorization_code', code, redirect_uri: codeRedirectUri };
  const answer = await postToken(server, fields);
  if (answer.status !== 200) throw new Error(`not redeemed: ${answer.status} ${answer.text}`);
  return answer.body;
}

export function refresh(server: Pick<TestServer, 'url'>, token: string): Promise<Response> {
  return postToken(server, { grant_type: 'refresh_token', refresh_token: token });
}

/** Whether an access token holds, as a skill finds out. */
export async function isActive({ url }: Pick<TestServer, 'url'>, token: string): Promise<boolean> {
  return (await askUserinfo({ url }, token)).status === 200;
}

/** Asks as a skill does. */
export async function askUserinfo({ url }: Pick<TestServer, 'url'>, token: string): Promise<Response> {
  return await request(url).get('/userinfo').auth(token, { type: 'bearer' });
}

/** Posts the sign-in form as a browser does. */
export async function signIn(
  server: Pick<TestServer, 'url'>,
  path: string,
  fields: Readonly<Record<string, string>> = { username: 'alice', password: 'wonderland', action: 'sign-in' },
): Promise<Response> {
  return await request(server.url).post(path).set('Sec-Fetch-Site', 'same-origin').type('form').send(fields);
}

/** What the button says to the server that unlinks all that is linked now. */
export function allLinks(): string {
  return `all-${Math.floor(Date.now() / 1000)}`;
}
