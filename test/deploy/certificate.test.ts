import { execFile, execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
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
const coreutils = [
  'basename',
  'cat',
  'cut',
  'dirname',
  'find',
  'grep',
  'mkdir',
  'mv',
  'rm',
  'sed',
  'sync',
  'tr',
];
const domain = 'link.cloudlights.io';
const program = 'usr/local/sbin/alexa-account-linking-certificate';
const pem = 'etc/alexa-account-linking/tls.pem';
const tries = 'etc/alexa-account-linking/tries';

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
  // A clock that can be set, and a service manager that can fail.
  script('bin/date', `[ "$*" = +%s ] && cat ${at('now')} 2>/dev/null || exec /usr/bin/date "$@"`);
  script(
    'bin/systemctl',
    `[ ! -e ${at('no-systemd')} ] || exit 1; echo "$@" >>${at('systemctl.log')}; [ "$1" != reload ] || kill -HUP "$(cat ${at('nginx/nginx.pid')})"`,
  );
  // All that the hooks may call, so that certbot can be missing.
  for (const name of [
    'bash',
    'env',
    'openssl',
    'curl',
    'flock',
    'timeout',
    'install',
    'certbot',
    ...coreutils,
  ])
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), at(join('bin', name)));
  script('bin/dnf', 'echo "nothing should be fetched" >&2; exit 1');
  write('.curlrc', `connect-to = "::127.0.0.1:${port80}"\n`);
  const authority = await startPebble(root, port80);
  onTestFinished(authority.stop);
  write('letsencrypt/cli.ini', `server = ${authority.directory}\n`);
  const env = {
    PATH: at('bin'),
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

const certificate = () => new X509Certificate(readFileSync(instance.at(pem)));
const prebuild = () => instance.hook('hooks/prebuild/10_certificate.sh');
const postdeploy = () => instance.hook('hooks/postdeploy/10_certificate.sh');
const minute = () => instance.hook(program);

async function minuteAfterDeployment() {
  const said = await postdeploy();
  return said === '' ? minute() : said;
}

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

const skip = noNginx ?? noPebble;
if (skip !== undefined) it.skip(`an instance is left out: ${skip}`, () => {});

describe.skipIf(skip !== undefined)('on a new instance', () => {
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
    expect(statSync(instance.at(pem)).mode & 0o777).toBe(0o600);
  });

  it('the next deployment leaves the certificate as it is', async () => {
    await prebuild();
    const before = seen(pem);
    await prebuild();
    await instance.hook('confighooks/prebuild/10_certificate.sh');
    expect(seen(pem)).toBe(before);
  });

  it('the deployment succeeds while the domain leads elsewhere, and nothing is asked of Let’s Encrypt', async () => {
    await prebuild();
    expect(await postdeploy()).toContain(`http://${domain} does not lead to this instance yet`);
    expect(seen('systemctl.log')).toContain('enable --now alexa-account-linking-certificate.timer');
    for (const nothing of [tries, 'var/lib/alexa-account-linking/certbot'])
      expect(existsSync(instance.at(nothing))).toBe(false);
    expect(globSync(instance.at('var/lib/alexa-account-linking/acme/.well-known/acme-challenge/*'))).toEqual(
      [],
    );
  });

  it('a minute after the domain leads here, nginx has a real certificate, which is renewed when a third of its life is left', async () => {
    await prebuild();
    await postdeploy();
    await instance.startNginx();
    expect((await served())?.issuer).toContain('not yet');
    expect(await minute()).toContain(`nginx now has the certificate for ${domain}`);
    expect(certificate().checkHost(domain)).toBe(domain);
    expect(certificate().issuer).toContain('Pebble');
    expect(statSync(instance.at(pem)).mode & 0o777).toBe(0o600);
    await expect.poll(async () => (await served())?.serialNumber).toBe(certificate().serialNumber);

    const { serialNumber: first, validFromDate, validToDate } = certificate();
    const inLife = (share: number) => {
      const now = validFromDate.getTime() + share * (validToDate.getTime() - validFromDate.getTime());
      writeFileSync(instance.at('now'), String(Math.floor(now / 1000)));
    };
    inLife(0.66);
    expect(await minute()).toBe('');
    expect(certificate().serialNumber).toBe(first);
    inLife(0.67);
    expect(await minute()).toContain('nginx now has the certificate');
    expect(certificate().serialNumber).not.toBe(first);
    await expect.poll(async () => (await served())?.serialNumber).toBe(certificate().serialNumber);
  });

  it('gets another certificate when PUBLIC_URL has changed, and keeps it when its renewal is refused', async () => {
    await prebuild();
    await instance.startNginx();
    await postdeploy();
    writeFileSync(instance.at('public-url'), 'https://Konto.CloudLights.io');
    expect(await instance.hook('confighooks/postdeploy/10_certificate.sh')).toContain('konto.cloudlights.io');
    expect(certificate().checkHost('konto.cloudlights.io')).toBe('konto.cloudlights.io');

    const { serialNumber, validToDate } = certificate();
    await instance.authority.stop();
    writeFileSync(instance.at('now'), String(Math.floor(validToDate.getTime() / 1000) - 60));
    expect(await minute()).toContain('no certificate');
    expect(await minute()).toBe('');
    expect(certificate().serialNumber).toBe(serialNumber);
    await expect.poll(async () => (await served())?.serialNumber).toBe(serialNumber);
  });

  it('waits longer after each refusal, and fails no deployment', async () => {
    await prebuild();
    await instance.startNginx();
    await instance.authority.moveDomain(domain, '127.0.0.9');
    for (const [before, minutes] of [
      ['', 15],
      ['1', 30],
      ['2', 60],
      ['9', 1440],
    ] as const) {
      if (before !== '') {
        writeFileSync(instance.at(tries), before);
        age(tries);
      }
      expect(await postdeploy()).toContain(
        `no certificate for ${domain} yet: the next try is in ${minutes} minutes`,
      );
      expect(await minute()).toBe('');
    }
    expect(certificate().issuer).toContain('not yet');
    await instance.authority.moveDomain(domain, '127.0.0.1');
    age(tries);
    expect(await minute()).toContain('nginx now has the certificate');
    expect(existsSync(instance.at(tries))).toBe(false);
  });

  it('is not held up by a clock that was wrong', async () => {
    await prebuild();
    await instance.startNginx();
    writeFileSync(instance.at(tries), '1');
    const ahead = Date.now() / 1000 + 86_400 * 365;
    utimesSync(instance.at(tries), ahead, ahead);
    expect(await minuteAfterDeployment()).toContain('nginx now has the certificate');
  });

  it('asks once, and then waits, where its notes are damaged', async () => {
    await prebuild();
    await instance.startNginx();
    await instance.authority.moveDomain(domain, '127.0.0.9');
    for (const notes of ['08', '1\n2\n', '-1', 'x'.repeat(5000), '']) {
      writeFileSync(instance.at(tries), notes);
      age(tries);
      expect(await postdeploy(), notes).toMatch(/the next try is in (15|30) minutes/);
      for (let time = 0; time < 3; time += 1) expect(await minute(), notes).toBe('');
    }
  });

  it('asks once, and then waits, while a clock is so far ahead that no certificate is good', async () => {
    await prebuild();
    await instance.startNginx();
    writeFileSync(instance.at('now'), String(Math.floor(Date.now() / 1000) + 9 * 365 * 86_400));
    expect(await postdeploy()).toContain('nginx now has the certificate');
    const { serialNumber } = certificate();
    for (let time = 0; time < 3; time += 1) expect(await minute()).toBe('');
    expect(certificate().serialNumber).toBe(serialNumber);
  });

  it('makes a new account where the one that it has is damaged', async () => {
    await prebuild();
    await instance.startNginx();
    await postdeploy();
    for (const path of globSync(instance.at('var/lib/alexa-account-linking/certbot/accounts/**/regr.json')))
      writeFileSync(path, '');
    writeFileSync(instance.at(pem), '');
    await prebuild();
    expect(await minute()).toContain('the next try is in 15 minutes');
    age(tries);
    expect(await minute()).toContain('nginx now has the certificate');
  });

  it('installs nothing that is not a certificate with its key', async () => {
    await prebuild();
    await instance.startNginx();
    const certbot = realpathSync(instance.at('bin/certbot'));
    rmSync(instance.at('bin/certbot'));
    const live = instance.at('var/lib/alexa-account-linking/certbot/live');
    writeFileSync(
      instance.at('bin/certbot'),
      `#!/usr/bin/env bash\n${certbot} "$@" && for f in ${live}/*/*.pem; do : >$f; done\n`,
      { mode: 0o755 },
    );
    expect(await postdeploy()).toContain('was not looked after');
    expect(certificate().issuer).toContain('not yet');
    expect(await minute()).toBe('');
  });

  it('recovers from an empty, truncated or mismatched certificate', async () => {
    await prebuild();
    const good = seen(pem);
    writeFileSync(instance.at(pem), '');
    await prebuild();
    const [otherKey] = seen(pem).split('-----BEGIN CERTIFICATE');
    for (const [what, content] of [
      ['nothing', ''],
      ['half of a certificate', '-----BEGIN CERTIFICATE-----\nMIIB'],
      ['a certificate of another key', otherKey + good.slice(good.indexOf('-----BEGIN CERTIFICATE'))],
    ] as const) {
      writeFileSync(instance.at(pem), content);
      expect(faultOf(instance.at('nginx/nginx.conf')), what).toBeDefined();
      await prebuild();
      expect(faultOf(instance.at('nginx/nginx.conf')), what).toBeUndefined();
    }
    await instance.startNginx();
    expect(await postdeploy()).toContain('nginx now has the certificate');
  });

  it('is not misled by what an interrupted try has left', async () => {
    await prebuild();
    await instance.startNginx();
    const certbot = instance.at('var/lib/alexa-account-linking/certbot');
    for (const path of [
      `renewal/${domain}.conf`,
      `live/${domain}/fullchain.pem`,
      `archive/${domain}/cert1.pem`,
    ]) {
      mkdirSync(dirname(join(certbot, path)), { recursive: true });
      writeFileSync(join(certbot, path), '');
    }
    writeFileSync(instance.at(`${pem}.new`), 'half');
    expect(await postdeploy()).toContain('nginx now has the certificate');
    expect(readdirSync(join(certbot, 'live')).sort()).toEqual(['README', domain]);
  });

  it('fails no deployment, and does it the next minute, when nginx could not be told', async () => {
    await prebuild();
    await postdeploy();
    await instance.startNginx();
    writeFileSync(instance.at('no-systemd'), '');
    expect(await minute()).toMatch(/the certificate was not looked after: line \d+ failed/);
    expect(await postdeploy()).toContain('was not looked after');
    rmSync(instance.at('no-systemd'));
    expect(await minute()).toContain('nginx now has the certificate');
    expect(await minute()).toBe('');
    await expect.poll(async () => (await served())?.serialNumber).toBe(certificate().serialNumber);
  });

  it('does not fail the deployment when PUBLIC_URL is not a URL', async () => {
    await prebuild();
    for (const publicUrl of ['', 'not an address', "https://x'; touch /tmp/injected; '"]) {
      writeFileSync(instance.at('public-url'), publicUrl);
      const said = /PUBLIC_URL names no domain|http:\/\/notanaddress does not lead/;
      expect(await postdeploy(), publicUrl).toMatch(said);
      expect(existsSync('/tmp/injected')).toBe(false);
    }
  });

  it('says once that it waits, and not each minute', async () => {
    await prebuild();
    expect(await postdeploy()).toMatch(/^\d{4}-\d\d-\d\dT\S+Z waiting for a certificate: /);
    expect(await minute()).toBe('');
    expect(await postdeploy()).toContain('waiting for a certificate');
  });

  it('asks once where a deployment and the timer meet', async () => {
    await prebuild();
    await postdeploy();
    await instance.startNginx();
    const said = await Promise.all([minute(), minute(), minute()]);
    expect(said.filter((each) => each.includes('nginx now has the certificate'))).toHaveLength(1);
    expect(said.filter((each) => each === '')).toHaveLength(2);
  });

  it('waits like after a refusal where certbot can’t be had', async () => {
    await prebuild();
    await instance.startNginx();
    rmSync(instance.at('bin/certbot'));
    expect(await postdeploy()).toContain('the next try is in 15 minutes');
    expect(await minute()).toBe('');
  });

  it('leaves what it does to systemd in a form that systemd takes', async () => {
    await prebuild();
    await postdeploy();
    const units = ['service', 'timer'].map(
      (kind) => `etc/systemd/system/alexa-account-linking-certificate.${kind}`,
    );
    expect(units.map(seen)).toEqual([
      `[Unit]\nDescription=Certificate from Let's Encrypt\n[Service]\nType=oneshot\nExecStart=${instance.at(program)}\nTimeoutStartSec=10min\n` +
        'StandardOutput=append:/var/log/eb-hooks.log\nStandardError=inherit\n',
      '[Timer]\nOnActiveSec=1min\nOnUnitActiveSec=1min\n[Install]\nWantedBy=timers.target\n',
    ]);
    expect(seen('systemctl.log')).toMatch(/^daemon-reload\n/);
  });
});
