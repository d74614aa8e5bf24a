import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as netConnect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  type ConnectionOptions,
  connect,
  getCACertificates,
  setDefaultCACertificates,
  type TLSSocket,
} from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Profile } from '../../scripts/bundle/files.ts';
import { findFiles } from '../../scripts/bundle/files.ts';
import { readOptions } from '../../scripts/bundle/options.ts';
import { launchBrowser } from '../support/browser.ts';
import { noCaddy, startCaddy } from '../support/caddy.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { temporary } from '../support/databases.ts';
import {
  faultOf,
  noNginx,
  type Places,
  startNginx,
  writeNginx,
  writePlatformNginx,
} from '../support/nginx.ts';
import { noProblem } from '../support/no-problem.ts';
import {
  authorizeCode,
  authorizePath,
  cloudHeating,
  cloudLights,
  codeRedirectUri,
  freePort,
  isActive,
  link,
  redeem,
  refresh,
  settings,
  startServer,
  startServerIn,
  type TestServer,
  temporaryFolder,
} from '../support/server.ts';

const folder = temporary();
let certificates: Certificates;
/** Key and certificate in one, as the hooks make it. */
const tls = join(folder, 'tls.pem');
const usual = getCACertificates('default');

beforeAll(() => {
  certificates = makeCertificates(folder);
  const both = [certificates.key, certificates.certificate].map((path) => readFileSync(path, 'utf8'));
  writeFileSync(tls, both.join(''));
  setDefaultCACertificates([...usual, readFileSync(certificates.ca, 'utf8')]);
});
afterAll(() => setDefaultCACertificates(usual));

/** Where things are here. */
function placesOf(own: string, port80: number, port443: number, target: string): Places {
  return {
    'listen 80 ': `listen 127.0.0.1:${port80} `,
    'listen 443 ': `listen 127.0.0.1:${port443} `,
    '127.0.0.1:8080': target,
    '/etc/alexa-account-linking/tls.pem': tls,
    '/var/lib/alexa-account-linking/': `${own}/`,
    '/var/log/nginx/': `${own}/logs/`,
  };
}

/** nginx and a server behind it, as a bundle of the profile sets them up. */
async function startInstance(profile: Profile, publicPort?: number) {
  const [port80, port443] = [await freePort(), await freePort()];
  const trusted = readOptions(findFiles(profile, noProblem), noProblem).find(
    ({ name }) => name === 'TRUST_PROXY',
  );
  const url = `https://localhost:${publicPort ?? port443}`;
  // One that stands in for Alexa, and can be reached.
  const skill = { ...cloudLights, redirect_uris: [`${url}/linked`] };
  const server = await startServer({
    NODE_ENV: 'production',
    PUBLIC_URL: url,
    CLIENTS: JSON.stringify([skill, cloudHeating]),
    TRUST_PROXY: trusted?.value,
  });
  const own = temporaryFolder();
  const places = placesOf(own, port80, port443, new URL(server.url).host);
  const configuration = writePlatformNginx(own, profile, places);
  const nginx = await startNginx(configuration, port80);
  onTestFinished(nginx.stop);
  return { server, own, configuration, port80, port443, url };
}

/** A load balancer's part: HTTPS, a redirect, and the caller's address put behind what the caller says. */
async function startBalancer(port443: number, target: number) {
  const own = temporaryFolder();
  const configuration = writePlatformNginx(own, 'single', {
    ...placesOf(own, await freePort(), port443, `127.0.0.1:${target}`),
    'X-Forwarded-For $remote_addr': `X-Forwarded-For "$http_x_forwarded_for, ${caller}"`,
  });
  const nginx = await startNginx(configuration, port443);
  onTestFinished(nginx.stop);
}

/** From the networks that documentation may use, so not one that is trusted. */
const caller = '203.0.113.7';

const forged = {
  'X-Forwarded-For': '198.51.100.66',
  'X-Forwarded-Proto': 'http',
  'X-Forwarded-Host': 'evil.example',
  'X-Real-IP': '198.51.100.66',
  Forwarded: 'for=198.51.100.66;proto=http;host=evil.example',
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function ask(
  url: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const send = url.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { method: body === undefined ? 'GET' : 'POST', headers }, async (response) =>
      resolve({ status: response.statusCode, headers: response.headers, body: await text(response) }),
    );
    request.on('error', reject).end(body);
  });
}

const form = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
const alice = 'username=alice&password=wonderland&action=sign-in';

for (const reason of [noNginx, noCaddy])
  if (reason !== undefined) it.skip(`a proxy is left out: ${reason}`, () => {});

describe.skipIf(noNginx !== undefined)('Elastic Beanstalk’s nginx', () => {
  it.each(['load-balanced', 'single'] as const)('takes the files of the profile %s', async (profile) => {
    const { configuration } = await startInstance(profile);
    expect(faultOf(configuration)).toBeUndefined();
  });

  it('does not start without a certificate, which is why a hook makes one', async () => {
    const { own, configuration } = await startInstance('single');
    writePlatformNginx(own, 'single', { '/var/log/nginx/': `${own}/logs/` });
    expect(faultOf(configuration)).toMatch(/cannot load certificate/);
  });
});

describe.skipIf(noNginx !== undefined).each(['load-balanced', 'single'] as const)(
  'behind nginx, %s,',
  (profile) => {
    async function start() {
      if (profile === 'single') {
        const instance = await startInstance(profile);
        return { ...instance, address: '127.0.0.1' };
      }
      const port443 = await freePort();
      const instance = await startInstance(profile, port443);
      await startBalancer(port443, instance.port80);
      return { ...instance, address: caller };
    }

    it('both grants go through over TLS', async () => {
      const { url } = await start();
      const reached = { url } as Parameters<typeof link>[0];
      expect(await isActive(reached, await link(reached))).toBe(true);
      const tokens = await redeem(reached, await authorizeCode(reached));
      expect((await refresh(reached, tokens.refresh_token)).status).toBe(200);
      const { body } = await ask(`${url}/.well-known/oauth-authorization-server`);
      expect(JSON.parse(body)).toMatchObject({ issuer: url, token_endpoint: `${url}/token` });
    });

    it('a person signs in with a browser', async () => {
      const { url } = await start();
      const browser = await launchBrowser();
      onTestFinished(() => browser.close());
      const page = await browser.newPage({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
      await page.goto(url + authorizePath({ redirect_uri: `${url}/linked` }));
      await page.getByLabel('Username or email').fill('alice');
      await page.getByLabel('Password').fill('wonderland');
      await page.getByRole('button', { name: 'Sign in and link' }).click();
      await page.waitForURL(/\/linked#state=xyz&access_token=[\w-]{43}&token_type=Bearer$/);
    });

    it('nobody can say where they come from, nor where the server is', async () => {
      const { url, server, address } = await start();
      const { status } = await ask(url + authorizePath(), {
        headers: { ...form, ...forged },
        body: 'username=alice&password=wrong&action=sign-in',
      });
      expect(status).toBe(422);
      expect(server.events('sign_in.failed')).toMatchObject([{ ip: address }]);
      expect(server.log.filter(({ ip }) => ip !== undefined && ip !== address)).toEqual([]);
      const { body } = await ask(`${url}/.well-known/oauth-authorization-server`, { headers: forged });
      expect(body).not.toContain('evil');
    });

    it('a state of 4 KB comes back byte for byte, however it has to be written', async () => {
      const { url } = await start();
      for (const state of ['/'.repeat(4096), 'é'.repeat(2048), 'x'.repeat(4096)]) {
        const address = url + authorizePath({ state });
        const page = await ask(address);
        expect(page.status).toBe(200);
        const headers = { ...form, Referer: address };
        const { status, headers: answered } = await ask(address, { headers, body: alice });
        expect(status).toBe(303);
        const fragment = new URLSearchParams(new URL(answered.location ?? 'x:').hash.slice(1));
        expect(fragment.get('state')).toBe(state);
      }
      const code = url + authorizePath({ ...codeRequest, state: '/'.repeat(4096) });
      const { headers } = await ask(code, { headers: { ...form, Referer: code }, body: alice });
      expect(new URL(headers.location ?? 'x:').searchParams.get('state')).toBe('/'.repeat(4096));
    });

    it('what is too much for the server is refused by the server, in its own words', async () => {
      const { url } = await start();
      const { status, body } = await ask(url + authorizePath(), {
        headers: form,
        body: `username=${'x'.repeat(20 * 1024)}`,
      });
      expect(status).toBe(413);
      expect(body).toContain('Reference');
    });

    it('the platform’s health log has each request', async () => {
      const { url, own } = await start();
      await ask(`${url}/healthz`);
      // nginx writes its logs when it has answered.
      const logged = () => globSync(join(own, 'logs/healthd/*')).map((path) => readFileSync(path, 'utf8'));
      await expect.poll(() => logged().join('')).toContain('"/healthz"200"');
    });
  },
);

const codeRequest = { client_id: 'cloud-heating', response_type: 'code', redirect_uri: codeRedirectUri };

describe.skipIf(noNginx !== undefined)('a single instance', () => {
  it('sends everything on port 80 to HTTPS, but for the proof of who owns the domain', async () => {
    const { own, port80 } = await startInstance('single');
    const url = `http://127.0.0.1:${port80}`;
    const headers = { Host: 'link.cloudlights.io' };
    for (const path of ['/', authorizePath(), '/healthz', '/.well-known/oauth-authorization-server']) {
      const { status, headers: answered } = await ask(url + path, { headers });
      expect([status, answered.location]).toEqual([301, `https://link.cloudlights.io${path}`]);
    }
    mkdirSync(join(own, 'acme/.well-known/acme-challenge'), { recursive: true });
    writeFileSync(join(own, 'acme/.well-known/acme-challenge/proof'), 'of ownership');
    writeFileSync(join(own, 'acme/secret'), 'not for everybody');
    const proof = await ask(`${url}/.well-known/acme-challenge/proof`);
    expect(proof).toMatchObject({ status: 200, body: 'of ownership' });
    expect((await ask(`${url}/.well-known/acme-challenge/../../secret`)).status).toBe(301);
    expect((await ask(`${url}/.well-known/acme-challenge/other`)).status).toBe(404);
    const nobody = netConnect(port80, '127.0.0.1').end('GET / HTTP/1.0\r\n\r\n');
    expect(await text(nobody)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ['TLSv1.3', undefined],
    ['TLSv1.2', undefined],
    ['TLSv1.1', /version/],
    ['TLSv1', /version/],
  ] as const)('speaks %s, or refuses it as too old', async (version, refusal) => {
    const { port443 } = await startInstance('single');
    const spoken = new Promise<string | null>((resolve, reject) => {
      const socket = connect({
        host: '127.0.0.1',
        servername: 'localhost',
        port: port443,
        minVersion: version,
        maxVersion: version,
        // Or this side would not speak what is old.
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      socket.once('error', reject).once('secureConnect', () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
    });
    if (refusal === undefined) expect(await spoken).toBe(version);
    else await expect(spoken).rejects.toThrow(refusal);
  });

  it('tells the server who calls whom, and nothing that a caller has made up, on connections that stay open', async () => {
    const seen: { headers: IncomingMessage['headers']; port: number | undefined }[] = [];
    const echo = createServer((request, response) => {
      seen.push({ headers: request.headers, port: request.socket.remotePort });
      response.end();
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    onTestFinished(() => void echo.close());
    const [own, port80, port443] = [temporaryFolder(), await freePort(), await freePort()];
    const at = (echo.address() as AddressInfo).port;
    const nginx = await startNginx(
      writePlatformNginx(own, 'single', placesOf(own, port80, port443, `127.0.0.1:${at}`)),
      port443,
    );
    onTestFinished(nginx.stop);
    for (let time = 0; time < 2; time += 1)
      await ask(`https://localhost:${port443}/`, { headers: { ...forged, Host: '127.0.0.1' } });
    const [first, second] = seen;
    expect(first?.headers).toMatchObject({
      host: '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-real-ip': '127.0.0.1',
    });
    expect(first?.headers).not.toHaveProperty('forwarded');
    expect(first?.headers).not.toHaveProperty('connection', 'close');
    expect(second?.port).toBe(first?.port);
    echo.closeAllConnections();
  });

  it('speaks HTTP/2, gives no session tickets, and takes no cipher without forward secrecy', async () => {
    const { port443 } = await startInstance('single');
    const reach = (options: ConnectionOptions) =>
      new Promise<TLSSocket>((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', servername: 'localhost', port: port443, ...options });
        socket.once('error', reject).once('secureConnect', () => resolve(socket));
      });
    const modern = await reach({ ALPNProtocols: ['h2', 'http/1.1'] });
    expect(modern.alpnProtocol).toBe('h2');
    modern.destroy();
    const older = await reach({ maxVersion: 'TLSv1.2' });
    expect(older.getTLSTicket()).toBeUndefined();
    expect(older.getCipher().name).toMatch(/^ECDHE-.*(GCM|POLY1305)/);
    older.destroy();
    const weak = {
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA256',
    } as const;
    await expect(reach(weak)).rejects.toThrow(/handshake failure/);
  });

  it('says that it will be back while the server is restarted, and is back then', async () => {
    const { server, url } = await startInstance('single');
    await ask(`${url}/healthz`);
    await server.stop();
    for (const body of [undefined, alice]) {
      const answer = await ask(url + authorizePath(), { headers: form, body });
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'retry-after': '5', 'cache-control': 'no-store' },
      });
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.body).toContain('The page will be back in a few seconds');
    }
    await startServerIn(server.folder, {
      ...(await settings(server.folder)),
      PORT: new URL(server.url).port,
      NODE_ENV: 'production',
      PUBLIC_URL: url,
      TRUST_PROXY: 'loopback',
    });
    expect((await ask(url + authorizePath(), { headers: form, body: alice })).status).toBe(303);
  });

  it('writes no state and no query into its log', async () => {
    const { own, port443 } = await startInstance('single');
    await ask(`https://localhost:${port443}${authorizePath({ state: 'state-of-alexa' })}`);
    const log = () => readFileSync(join(own, 'logs/access.log'), 'utf8');
    await expect.poll(log).toMatch(/^127\.0\.0\.1 \[[^\]]+\] "GET \/authorize" 200 /);
    expect(log()).not.toContain('state-of-alexa');
  });
});

describe('docs/deploy-container.md', () => {
  const page = readFileSync('docs/deploy-container.md', 'utf8');
  const block = (language: string) =>
    new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(page)?.[1] ?? '';

  /** What a page says of a proxy must hold for it: who calls, and the longest `state` there is. */
  async function expectProxied(server: TestServer, url: string) {
    const address = url + authorizePath({ state: '/'.repeat(4096) });
    const { status, headers } = await ask(address, {
      headers: { ...form, ...forged, Referer: address },
      body: alice,
    });
    expect(status).toBe(303);
    expect(new URLSearchParams(new URL(headers.location ?? 'x:').hash.slice(1)).get('state')).toBe(
      '/'.repeat(4096),
    );
    expect(server.events('sign_in.succeeded')).toMatchObject([{ ip: '127.0.0.1' }]);
  }

  it.skipIf(noNginx !== undefined)('shows an nginx that does what is needed', async () => {
    const own = temporaryFolder();
    const [port80, port443] = [await freePort(), await freePort()];
    const server = await startServer({
      NODE_ENV: 'production',
      PUBLIC_URL: `https://localhost:${port443}`,
      TRUST_PROXY: 'loopback',
    });
    const shown = block('nginx')
      .replace('listen 443', `listen 127.0.0.1:${port443}`)
      .replace('listen 80', `listen 127.0.0.1:${port80}`)
      .replace('127.0.0.1:8080', new URL(server.url).host)
      .replace(/ssl_certificate .*;/, `ssl_certificate ${certificates.certificate};`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${certificates.key};`);
    const nginx = await startNginx(writeNginx(own, shown), port443);
    onTestFinished(nginx.stop);
    await expectProxied(server, `https://localhost:${port443}`);
    const { status, headers } = await ask(`http://127.0.0.1:${port80}/links`, {
      headers: { Host: 'link.example.com' },
    });
    expect([status, headers.location]).toEqual([301, 'https://link.example.com/links']);
  });

  it.skipIf(noCaddy !== undefined)('shows a Caddy that does what is needed', async () => {
    const port = await freePort();
    const server = await startServer({
      NODE_ENV: 'production',
      PUBLIC_URL: `https://localhost:${port}`,
      TRUST_PROXY: 'loopback',
    });
    const shown = block('caddyfile')
      .replace(
        'link.example.com {',
        `https://localhost:${port} {\n\ttls ${certificates.certificate} ${certificates.key}`,
      )
      .replace('127.0.0.1:8080', new URL(server.url).host);
    const caddy = await startCaddy(temporaryFolder(), shown, port);
    onTestFinished(caddy.stop);
    await expectProxied(server, `https://localhost:${port}`);
  });
});
