import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { generateSigningKey } from '../../src/config/signing-keys.ts';
import {
  askUserinfo,
  authorizeCode,
  authorizePath,
  clientSecret,
  link,
  otherSecret,
  redeem,
  refresh,
  settings,
  signIn,
  startServer,
  startServerIn,
  type TestServer,
  type Tokens,
  temporaryFolder,
} from '../support/server.ts';

const keySet = (...kids: string[]) => JSON.stringify({ keys: kids.map((kid) => generateSigningKey(kid)) });

const jwt = (alg: 'ES256' | 'RS256' = 'ES256') => ({
  ACCESS_TOKEN_FORMAT: 'jwt',
  SIGNING_KEYS: JSON.stringify({ keys: [generateSigningKey('first', alg)] }),
});

async function introspect(server: TestServer, token: string, id = 'cloud-lights', secret = clientSecret) {
  const body = new URLSearchParams({ client_id: id, client_secret: secret, token });
  return (await request(server.url).post('/introspect').type('form').send(body.toString())).body;
}

async function userinfo(server: TestServer, token: string): Promise<number> {
  return (await askUserinfo(server, token)).status;
}

describe('a JWT access token (RFC 9068)', () => {
  it.each(['ES256', 'RS256'] as const)(
    'is what a resource server of others’ making accepts, by the published keys alone, with %s',
    async (alg) => {
      const server = await startServer(jwt(alg));
      const token = await link(server, { scope: 'lights profile' });
      const issuer = new URL(server.url);
      const insecure = { [oauth.allowInsecureRequests]: true };
      const as = await oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
      );
      const request = new Request('https://skill.example.com/', {
        headers: { Authorization: `Bearer ${token}` },
      });
      const claims = await oauth.validateJwtAccessToken(as, request, 'cloud-lights', insecure);
      const [created] = server.events('link.created');
      expect(claims).toEqual({
        iss: server.url,
        sub: 'alice',
        aud: 'cloud-lights',
        client_id: 'cloud-lights',
        scope: 'lights profile',
        jti: expect.stringMatching(new RegExp(`^${created?.['link_id']}\\.[\\w-]{12}$`)),
        iat: expect.any(Number),
        // Ten years, where no lifetime is set.
        exp: claims.iat + 315_360_000,
      });
      expect(Math.abs(claims.iat - Date.now() / 1000)).toBeLessThan(30);
      expect(decodeProtectedHeader(token)).toEqual({ alg, typ: 'at+jwt', kid: 'first' });
      expect(token.length).toBeLessThan(alg === 'RS256' ? 900 : 600);
    },
  );

  it('is for its own skill, has no scope where none was granted, and ends when the client says', async () => {
    const server = await startServer(jwt());
    const path = authorizePath({ client_id: 'other-skill' });
    const location = (await signIn(server, path)).headers['location'] ?? '';
    const answer = new URLSearchParams(new URL(location).hash.slice(1));
    expect(answer.get('expires_in')).toBe('2592000');
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(answer.get('access_token') ?? '', keys, { audience: 'other-skill' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(2_592_000);
    expect(payload).not.toHaveProperty('scope');
    const [endless] = [(await signIn(server, authorizePath())).headers['location']];
    expect(endless).not.toContain('expires_in');
  });

  it('is known to introspection, userinfo and revocation like any other', async () => {
    const server = await startServer(jwt());
    const token = await link(server);
    expect(await introspect(server, token)).toMatchObject({ active: true, sub: 'alice' });
    expect(await introspect(server, token, 'other-skill', otherSecret)).toEqual({ active: false });
    expect(await userinfo(server, token)).toBe(200);
    const body = new URLSearchParams({ client_id: 'cloud-lights', client_secret: clientSecret, token });
    expect((await request(server.url).post('/revoke').type('form').send(body.toString())).status).toBe(200);
    expect(await introspect(server, token)).toEqual({ active: false });
    expect(await userinfo(server, token)).toBe(401);
  });

  it('is refused when anything of it was changed, or somebody else signed it', async () => {
    const server = await startServer(jwt());
    const token = await link(server);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = encoded({ alg: 'none', typ: 'at+jwt' });
    for (const forged of [
      `${header}.${encoded({ ...claims, sub: 'zoé' })}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -2)}AA`,
      `${none}.${payload}.`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${token}.x`,
      'a.b.c',
      `.${encoded({ jti: claims.jti })}.`,
    ])
      expect(await introspect(server, forged), forged).toEqual({ active: false });
    expect(await introspect(server, token)).toMatchObject({ active: true });
  });
});

describe('20 refreshes at the same time', () => {
  it.each(['ES256', 'RS256'] as const)('each get a JWT of their own with %s', async (alg) => {
    const server = await startServer(jwt(alg));
    const { refresh_token: token } = await redeem(server, await authorizeCode(server));
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(server, token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const tokens = answers.map(({ body }) => (body as Tokens).access_token);
    expect(new Set(tokens).size).toBe(20);
    for (const each of tokens) expect(await userinfo(server, each)).toBe(200);
  });
});

describe('GET /.well-known/jwks.json (RFC 7517)', () => {
  it('publishes all keys, without anything private, for others to keep for five minutes', async () => {
    const all = [generateSigningKey('one'), generateSigningKey('two', 'RS256')];
    const server = await startServer({ SIGNING_KEYS: JSON.stringify({ keys: all }) });
    const answer = await request(server.url).get('/.well-known/jwks.json');
    expect(answer.headers['content-type']).toBe('application/jwk-set+json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('public, max-age=300');
    const { keys } = answer.body as { keys: Record<string, unknown>[] };
    expect(keys.map(({ kid }) => kid)).toEqual(['one', 'two']);
    const [one, two] = all;
    expect(keys).toEqual([
      { kty: 'EC', crv: 'P-256', x: one?.x, y: one?.y, kid: 'one', use: 'sig', alg: 'ES256' },
      { kty: 'RSA', n: two?.n, e: 'AQAB', kid: 'two', use: 'sig', alg: 'RS256' },
    ]);
  });

  it('is empty, and not in the metadata, where there are no keys', async () => {
    const server = await startServer();
    expect((await request(server.url).get('/.well-known/jwks.json')).body).toEqual({ keys: [] });
    const metadata = await request(server.url).get('/.well-known/oauth-authorization-server');
    expect(metadata.body).not.toHaveProperty('jwks_uri');
  });
});

describe('tokens of both formats', () => {
  it('stay valid when the format changes, to and fro, and also when keys are replaced or taken away', async () => {
    const folder = temporaryFolder();
    const env = await settings(folder);
    const tokens: string[] = [];
    for (const changes of [
      {},
      { ACCESS_TOKEN_FORMAT: 'jwt', SIGNING_KEYS: keySet('a') },
      { ACCESS_TOKEN_FORMAT: 'jwt', SIGNING_KEYS: keySet('b') },
      { SIGNING_KEYS: keySet('c') },
      {},
    ]) {
      const server = await startServerIn(folder, { ...env, ...changes });
      tokens.push(await link(server));
      for (const token of tokens) expect(await introspect(server, token)).toMatchObject({ active: true });
      await server.stop();
    }
    expect(tokens.map((token) => token.split('.').length)).toEqual([1, 3, 3, 1, 1]);
  });

  it('has keys of its own in development, and says so', async () => {
    const server = await startServer({ ACCESS_TOKEN_FORMAT: 'jwt' });
    expect((await link(server)).split('.')).toHaveLength(3);
    const { warnings } = parseConfig({ ACCESS_TOKEN_FORMAT: 'jwt' });
    expect(warnings).toEqual([expect.stringContaining('SIGNING_KEYS is not set')]);
  });
});
