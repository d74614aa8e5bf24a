import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { faultOf, noNginx, startNginx, writePlatformNginx } from '../support/nginx.ts';
import { type Authority, noPebble, startPebble } from '../support/pebble.ts';
import { freePort, temporaryFolder } from '../support/server.ts';

const platform = 'deploy/eb-single-instance/.platform';
const run = promisify(execFile);
const domain = 'link.cloudlights.io';
const program = 'usr/local/sbin/alexa-account-linking-certificate';

/** An instance as far as the hooks see it: its folders, its commands, and the platform's nginx. */
interface Instance {
  readonly at: (path: string) => string;
  readonly port443: number;
  /** Runs a hook, or the program that one has left behind, and gives what it says. */
  readonly hook: (path: string) => Promise<string>;
  readonly startNginx: () => Promise<void>;
  readonly authority: Authority;
}

let instance: Instance;

async function makeInstance(): Promise<Instance> {
  const root = temporaryFolder();
  const at = (path: string) => join(root, path);
  const [port80, port443] = [await freePort(), await freePort()];
  const moved = (text: string) => text.replaceAll(/\/(etc|var\/lib|usr\/local\/sbin|opt)\//g, `${root}/$1/`);
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text, { mode });
    chmodSync(at(path), mode);
  };
  const script = (path: string, text: string) => write(path, `#!/usr/bin/env bash\n${text}\n`, 0o755);
  for (const path of globSync(`${platform}/{hooks,confighooks}/*/*.sh`))
    write(path.slice(platform.length + 1), moved(readFileSync(path, 'utf8')), 0o755);
  const configuration = writePlatformNginx(at('nginx'), 'single', {
    'listen 80 ': `listen 127.0.0.1:${port80} `,
    'listen 443 ': `listen 127.0.0.1:${port443} `,
    '/etc/': `${root}/etc/`,
    '/var/lib/': `${root}/var/lib/`,
    '/var/log/nginx/': `${root}/nginx/logs/`,
  });
  mkdirSync(at('etc/systemd/system'), { recursive: true });
  write('public-url', `https://${domain}`);
  script(
    'opt/elasticbeanstalk/bin/get-config',
    `[ "$*" = "environment -k PUBLIC_URL" ] && cat ${at('public-url')}`,
  );
  script('bin/nginx', `exec /usr/sbin/nginx "$@" -c ${configuration}`);
  script(
    'bin/systemctl',
    `echo "$@" >>${at('systemctl.log')}; [ "$1" != reload ] || kill -HUP "$(cat ${at('nginx/nginx.pid')})"`,
  );
  script('bin/dnf', 'echo "nothing should be fetched" >&2; exit 1');
  write('.curlrc', `connect-to = "::127.0.0.1:${port80}"\n`);
  const authority = await startPebble(root, port80);
  onTestFinished(authority.stop);
  write(
    'letsencrypt/cli.ini',
    `server = ${authority.directory}\nconfig-dir = ${at('etc/letsencrypt')}\nwork-dir = ${at('work')}\nlogs-dir = ${at('log')}\n`,
  );
  const env = {
    PATH: `${at('bin')}:${process.env['PATH']}`,
    CURL_HOME: root,
    XDG_CONFIG_HOME: root,
    REQUESTS_CA_BUNDLE: authority.ca,
  };
  return {
    at,
    port443,
    authority,
    hook: async (path) => (await run(at(path), { env })).stdout,
    startNginx: async () => onTestFinished((await startNginx(configuration, port80)).stop),
  };
}

const certificate = () =>
  new X509Certificate(readFileSync(instance.at('etc/alexa-account-linking/certificate.pem')));
const prebuild = () => instance.hook('hooks/prebuild/10_certificate.sh');
const postdeploy = () => instance.hook('hooks/postdeploy/10_certificate.sh');
const minute = () => instance.hook(program);
const seen = (path: string) => readFileSync(instance.at(path), 'utf8');

/** So long ago that something is due again. */
function age(path: string): void {
  const then = Date.now() / 1000 - 86_400;
  utimesSync(instance.at(path), then, then);
}

/** The certificate that nginx has now. */
async function served(): Promise<X509Certificate | undefined> {
  const socket = connect({ port: instance.port443, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  onTestFinished(() => void socket.destroy());
  return socket.getPeerX509Certificate();
}

it('a change of a setting runs the same hooks as a deployment', () => {
  const hooks = globSync(`${platform}/hooks/*/*`).sort();
  expect(globSync(`${platform}/confighooks/*/*`)).toHaveLength(hooks.length);
  for (const path of hooks) {
    const other = path.replace('/hooks/', '/confighooks/');
    expect(readFileSync(other, 'utf8')).toBe(readFileSync(path, 'utf8'));
    for (const file of [path, other]) expect(statSync(file).mode & 0o111).toBe(0o111);
  }
});

describe.skipIf((noNginx ?? noPebble) !== undefined)('on a new instance', () => {
  beforeEach(async () => {
    instance = await makeInstance();
  });

  it('nginx starts with a certificate that nobody trusts and that ends within a week', async () => {
    expect(faultOf(instance.at('nginx/nginx.conf'))).toMatch(/cannot load certificate/);
    await prebuild();
    expect(faultOf(instance.at('nginx/nginx.conf'))).toBeUndefined();
    const { issuer, subject, validToDate } = certificate();
    expect(issuer).toBe(subject);
    expect(validToDate.getTime() - Date.now()).toBeLessThan(7.1 * 86_400_000);
    expect(statSync(instance.at('etc/alexa-account-linking/key.pem')).mode & 0o777).toBe(0o600);
  });

  it('the next deployment leaves the certificate as it is', async () => {
    await prebuild();
    const before = seen('etc/alexa-account-linking/certificate.pem');
    await prebuild();
    await instance.hook('confighooks/prebuild/10_certificate.sh');
    expect(seen('etc/alexa-account-linking/certificate.pem')).toBe(before);
  });

  it('the deployment succeeds while the domain leads elsewhere, and nothing is asked of Let’s Encrypt', async () => {
    await prebuild();
    expect(await postdeploy()).toContain(`http://${domain} does not lead to this instance yet`);
    expect(seen('systemctl.log')).toContain('enable --now alexa-account-linking-certificate.timer');
    expect(existsSync(instance.at('etc/letsencrypt'))).toBe(false);
    expect(globSync(instance.at('var/lib/alexa-account-linking/acme/.well-known/acme-challenge/*'))).toEqual(
      [],
    );
  });

  it('a minute after the domain leads here, nginx has a real certificate', async () => {
    await prebuild();
    await postdeploy();
    await instance.startNginx();
    expect((await served())?.issuer).toContain('not yet');
    expect(await minute()).toContain(`nginx now has the certificate for ${domain}`);
    expect(certificate().checkHost(domain)).toBe(domain);
    expect(certificate().issuer).toContain('Pebble');
    expect(statSync(instance.at('etc/alexa-account-linking/key.pem')).mode & 0o777).toBe(0o600);
    await expect.poll(async () => (await served())?.serialNumber).toBe(certificate().serialNumber);
  });

  it('asks for a new one when it is due, and not more than twice a day whether it is', async () => {
    await prebuild();
    await instance.startNginx();
    await postdeploy();
    const first = certificate().serialNumber;
    expect(await minute()).toBe('');
    expect(certificate().serialNumber).toBe(first);
    age('etc/alexa-account-linking/checked');
    expect(await minute()).toContain('nginx now has the certificate');
    expect(certificate().serialNumber).not.toBe(first);
    await expect.poll(async () => (await served())?.serialNumber).toBe(certificate().serialNumber);
  });

  it('waits a quarter of an hour after Let’s Encrypt has refused, and fails no deployment', async () => {
    await prebuild();
    await instance.startNginx();
    await instance.authority.moveDomain(domain, '127.0.0.9');
    expect(await postdeploy()).toContain(`no certificate for ${domain} yet: the next try is in 15 minutes`);
    expect(certificate().issuer).toContain('not yet');
    expect(await minute()).toBe('');
    await instance.authority.moveDomain(domain, '127.0.0.1');
    age('etc/alexa-account-linking/failed');
    expect(await minute()).toContain('nginx now has the certificate');
  });

  it('keeps the certificate that it has when a renewal is refused', async () => {
    await prebuild();
    await instance.startNginx();
    await postdeploy();
    const first = certificate().serialNumber;
    await instance.authority.stop();
    age('etc/alexa-account-linking/checked');
    expect(await minute()).toContain('no certificate');
    expect(await minute()).toBe('');
    expect(certificate().serialNumber).toBe(first);
    expect((await served())?.serialNumber).toBe(first);
  });

  it('gets another one when PUBLIC_URL has changed', async () => {
    await prebuild();
    await instance.startNginx();
    await postdeploy();
    writeFileSync(instance.at('public-url'), 'https://Konto.CloudLights.io');
    expect(await instance.hook('confighooks/postdeploy/10_certificate.sh')).toContain('konto.cloudlights.io');
    expect(certificate().checkHost('konto.cloudlights.io')).toBe('konto.cloudlights.io');
  });

  it('leaves what it does to systemd in a form that systemd takes', async () => {
    await prebuild();
    await postdeploy();
    const units = ['service', 'timer'].map(
      (kind) => `etc/systemd/system/alexa-account-linking-certificate.${kind}`,
    );
    expect(units.map(seen)).toEqual([
      `[Service]\nType=oneshot\nExecStart=${instance.at(program)}\n`,
      '[Timer]\nOnActiveSec=1min\nOnUnitActiveSec=1min\n[Install]\nWantedBy=timers.target\n',
    ]);
    expect(seen('systemctl.log')).toMatch(/^daemon-reload\n/);
  });
});
