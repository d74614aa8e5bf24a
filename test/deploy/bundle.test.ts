import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import yauzl from 'yauzl';
import { runBundle } from '../../scripts/bundle/program.ts';
import { buildCheckout } from '../support/checkout.ts';
import { awsEnvironment, startDynamo } from '../support/dynamodb.ts';
import { createOtherUser } from '../support/other-user.ts';
import { noRegistry, startRegistry } from '../support/registry.ts';
import { type Result, runHere } from '../support/run-here.ts';
import {
  cloudHeating,
  cloudLights,
  euRedirectUri,
  freePort,
  htpasswd,
  isActive,
  link,
} from '../support/server.ts';

const account = '482910375566';
const users = `arn:aws:secretsmanager:eu-west-1:${account}:secret:alexa-account-linking/users-a1B2c3`;
const certificate = `arn:aws:acm:eu-west-1:${account}:certificate/0aa5d6a2-8d3c-4f4e-9b6e-2f5a1e6f3b11`;
/** Skills without anything in them that is only an example. */
const real = { alexa_vendor_ids: ['M2QVRFFJ539CX'], redirect_uris: [] };
const clients = [cloudLights, cloudHeating].map((client) => ({ ...client, ...real }));

const built = buildCheckout();

/** A checkout as an operator has it before the first deployment: built, with what is theirs, and what lies about. */
function checkout(): string {
  const folder = built.copy();
  for (const name of [
    '.git/config',
    'data/links.db',
    'bundles/single.zip',
    '.env',
    'site/.env.local',
    'notes.txt',
    'dist/main.js~',
    '.github/ci.yml',
  ])
    write(folder, name, 'of nobody’s interest');
  write(folder, 'site/clients.json', JSON.stringify(clients));
  write(folder, 'site/storage', 'sqlite:links.db\n');
  return folder;
}

function write(folder: string, name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

/** Fills in, and changes, the file that is the operator's. */
function fillIn(folder: string, changes: Readonly<Record<string, string>> = {}, profile = ''): void {
  const path = join(folder, profile, '.ebextensions/site.config');
  const filled: Readonly<Record<string, string>> = {
    ...changes,
    'https://REPLACE-WITH-YOUR-DOMAIN': 'https://link.cloudlights.io',
    'REPLACE-WITH-THE-ARN-OF-THE-SECRET': users,
    'REPLACE-WITH-THE-ARN-OF-THE-CERTIFICATE': certificate,
  };
  const written = Object.entries(filled).reduce(
    (before, [from, to]) => before.replace(from, changes[from] ?? to),
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, written);
}

const single = 'deploy/eb-single-instance';

/** Makes the bundle of a checkout. */
function bundle(folder: string, ...parameters: string[]): Promise<Result> {
  return runHere(() => runBundle(parameters), { cwd: folder });
}

/** As `bundle`, in a process of its own and from elsewhere, as npm may call it. */
async function bundleApart(folder: string, ...parameters: string[]): Promise<Result> {
  const child = spawn(process.execPath, [join(folder, 'scripts/bundle.ts'), ...parameters], { cwd: '/' });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: Number(code), out, err };
}

interface Entry {
  readonly mode: number;
  readonly content: Buffer;
}

async function readZip(path: string): Promise<ReadonlyMap<string, Entry>> {
  const zip = await yauzl.openPromise(path);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    const content = await buffer(await zip.openReadStreamPromise(entry));
    entries.set(entry.fileName, { mode: entry.externalFileAttributes >>> 16, content });
  }
  return entries;
}

describe('npm run bundle', () => {
  it('refuses what is still to be filled in, all of it at once', async () => {
    const folder = checkout();
    rmSync(join(folder, 'site/clients.json'));
    const { code, out, err } = await bundleApart(folder);
    expect([code, out]).toEqual([1, '']);
    expect(err.match(/^ {2}- .*$/gm)).toEqual([
      '  - PUBLIC_URL in .ebextensions/site.config is still to be filled in',
      '  - USERS in .ebextensions/site.config is still to be filled in',
      '  - SSLCertificateArns in .ebextensions/site.config is still to be filled in',
      expect.stringMatching(/^ {2}- CLIENTS names site\/clients\.json, but it is not in the bundle/),
    ]);
    const other = await bundle(folder, '--profile', 'single');
    expect(other.err).toContain(`PUBLIC_URL in ${single}/.ebextensions/site.config is still`);
    expect(other.err).not.toContain('SSLCertificateArns');
  });

  it.each([
    [
      'a domain that is only an example',
      { 'https://REPLACE-WITH-YOUR-DOMAIN': 'https://link.example.com' },
      'PUBLIC_URL in',
    ],
    [
      'an address without https',
      { 'https://REPLACE-WITH-YOUR-DOMAIN': 'http://link.cloudlights.io' },
      'PUBLIC_URL must',
    ],
    [
      'the ARN of somebody else’s example',
      { 'REPLACE-WITH-THE-ARN-OF-THE-SECRET': users.replace(account, '111122223333') },
      'USERS in',
    ],
    [
      'a secret itself',
      { 'REPLACE-WITH-THE-ARN-OF-THE-SECRET': 'postgres://app:secret@db/app' },
      'USERS in .ebextensions/site.config must be the ARN of a secret',
    ],
    [
      'a certificate’s name',
      { 'REPLACE-WITH-THE-ARN-OF-THE-CERTIFICATE': 'link.cloudlights.io' },
      'must be the ARN of a certificate',
    ],
    [
      'no certificate',
      { 'SSLCertificateArns: REPLACE-WITH-THE-ARN-OF-THE-CERTIFICATE': 'Protocol: HTTPS' },
      'SSLCertificateArns is missing',
    ],
    ['a table without a name', { 'dynamodb:alexa-links': 'dynamodb:?' }, 'STORAGE must name'],
    ['links on the instance', { 'dynamodb:alexa-links': 'sqlite:/var/tmp/links.db' }, '--allow-losing-links'],
    [
      'a certificate of another region',
      { 'REPLACE-WITH-THE-ARN-OF-THE-CERTIFICATE': certificate.replace('eu-west-1', 'us-east-1') },
      'are of different regions, eu-west-1 and us-east-1',
    ],
    [
      'a variable that is there twice',
      { 'CLIENTS: ': 'USERS: file:site/users.htpasswd\n    CLIENTS: ' },
      'USERS in .ebextensions/site.config is there twice',
    ],
    [
      'the ARN of this product’s example',
      { 'REPLACE-WITH-THE-ARN-OF-THE-SECRET': users.replace(account, '210987654321') },
      'USERS in',
    ],
    [
      'a demo for everybody',
      { 'CLIENTS: ': 'NODE_ENV: development\n    CLIENTS: ' },
      'NODE_ENV must be production',
    ],
    [
      'a port that Alexa does not call',
      { 'https://REPLACE-WITH-YOUR-DOMAIN': 'https://link.cloudlights.io:8443' },
      'PUBLIC_URL must have a domain and no port',
    ],
    [
      'an address that no certificate is for',
      { 'https://REPLACE-WITH-YOUR-DOMAIN': 'https://192.0.2.1' },
      'PUBLIC_URL must have a domain',
    ],
    [
      'links on the instance, by a file',
      { 'STORAGE: dynamodb:alexa-links': 'STORAGE_FILE: site/storage' },
      '--allow-losing-links',
    ],
    ['an alias that stands for nothing', { 'dynamodb:alexa-links': '*nothing' }, 'site.config is not YAML'],
    ['the same in capitals', { 'dynamodb:alexa-links': '" SQLITE:links.db"' }, '--allow-losing-links'],
    [
      'a password that everybody could read',
      { 'dynamodb:alexa-links': 'postgres://app:pass-word@db/links' },
      'STORAGE in .ebextensions/site.config holds a secret',
    ],
    [
      'a token that everybody could read',
      { 'CLIENTS: ': 'USERS_HTTP_TOKEN: pass-word\n    CLIENTS: ' },
      'USERS_HTTP_TOKEN in .ebextensions/site.config holds a secret',
    ],
    [
      'views outside of the bundle',
      { 'CLIENTS: ': 'VIEWS: my/views\n    CLIENTS: ' },
      'VIEWS names my/views, but it is not in the bundle',
    ],
    [
      'views that take no file’s place',
      { 'CLIENTS: ': 'VIEWS: ./views/locales/\n    CLIENTS: ' },
      'ar.json is none of the pages’ files: those are layout.eta',
    ],
    [
      'clients outside of the bundle',
      { 'site/clients.json': 'clients.json' },
      'it is not in the bundle: of what is yours only the folder site/ goes along',
    ],
    [
      'no users',
      { 'USERS: REPLACE-WITH-THE-ARN-OF-THE-SECRET': 'USERS_PEPPER: REPLACE-WITH-THE-ARN-OF-THE-SECRET' },
      'USERS is missing',
    ],
    ['a tab', { '    CLIENTS': '\tCLIENTS' }, 'has a tab'],
    ['a letter that is not ASCII', { '# Yours': '# Für Sie' }, 'has ü'],
    ['a misspelled section', { option_settings: 'option_setting' }, 'has a section option_setting'],
    ['an indentation too little', { '  aws:elbv2': 'aws:elbv2' }, 'site.config'],
    [
      'more than fits',
      {
        'site/clients.json': `'${JSON.stringify(Array.from({ length: 20 }, (_, index) => ({ client_id: `skill-${index}`, client_name: 'x'.repeat(200) })))}'`,
      },
      'takes 4096',
    ],
  ])('refuses %s', async (_what, changes, said) => {
    const folder = checkout();
    fillIn(folder, changes);
    const { code, err } = await bundle(folder);
    expect(code).toBe(1);
    expect(err).toContain(said);
    expect(err).not.toMatch(/at .*\.ts:\d|pass-word/);
  });

  it('lets links be lost where that is asked for, and takes what only the instance has on trust', async () => {
    const folder = checkout();
    fillIn(
      folder,
      { 'dynamodb:alexa-links': 'sqlite:/var/tmp/links.db', 'site/clients.json': '/etc/clients.json' },
      single,
    );
    const { code, err } = await bundle(folder, '--profile', 'single', '--allow-losing-links');
    expect([code, err]).toEqual([0, '']);
  });

  it('refuses a vendor ID that is only an example', async () => {
    const folder = checkout();
    fillIn(folder);
    write(folder, 'site/clients.json', JSON.stringify([{ ...cloudLights, redirect_uris: [] }]));
    expect((await bundle(folder)).err).toContain(
      'site/clients.json still has M2AAAAAAAAAAAA, which is only an example',
    );
  });

  it('takes users from a file, to try things out, where nothing is a secret', async () => {
    const folder = checkout();
    write(folder, 'site/users.htpasswd', htpasswd);
    fillIn(folder, {
      'CLIENTS: ': 'USERS: file:site/users.htpasswd\n    CLIENTS: ',
      '    USERS: REPLACE-WITH-THE-ARN-OF-THE-SECRET\n': '',
    });
    const { code, out, err } = await bundle(folder);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('  USERS          file:site/users.htpasswd\n');
    expect(out).not.toContain('USERS_QUERY');
  });

  it('takes what is in site.config, whatever the other files say', async () => {
    const folder = checkout();
    fillIn(folder, { 'CLIENTS: ': 'TRUST_PROXY: loopback,100.64.0.0/10\n    CLIENTS: ' });
    expect((await bundle(folder)).out).toContain('  TRUST_PROXY    loopback,100.64.0.0/10\n');
  });

  it.each([
    [
      'a link to a folder above',
      (folder: string) => symlinkSync('..', join(folder, 'site/loop')),
      'site/loop is neither a file nor a folder',
    ],
    [
      'a link to a file elsewhere',
      (folder: string) => symlinkSync('/etc/passwd', join(folder, 'site/link')),
      'site/link is neither',
    ],
    [
      'a pipe',
      (folder: string) => execFileSync('mkfifo', [join(folder, 'site/pipe')]),
      'site/pipe is neither',
    ],
    [
      'a bundle without the server',
      (folder: string) => appendFileSync(join(folder, '.ebignore'), '/dist/\n'),
      'dist/main.js is not in the bundle',
    ],
    ['no .ebignore', (folder: string) => rmSync(join(folder, '.ebignore')), '.ebignore'],
    [
      'no build',
      (folder: string) => rmSync(join(folder, 'dist'), { recursive: true }),
      'dist/main.js is not in the bundle: it is missing',
    ],
    [
      'no folder to write to',
      (folder: string) => {
        rmSync(join(folder, 'bundles'), { recursive: true });
        writeFileSync(join(folder, 'bundles'), '');
      },
      'bundles',
    ],
  ])('says in a word that there is %s', async (_what, spoil, said) => {
    const folder = checkout();
    fillIn(folder);
    spoil(folder);
    const { code, out, err } = await bundle(folder);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(said);
    expect(err).not.toMatch(/at .*\.ts:\d/);
  });

  it('refuses what is a load balancer’s where there is none', async () => {
    const folder = checkout();
    fillIn(folder, {}, single);
    appendFileSync(
      join(folder, single, '.ebextensions/site.config'),
      '  aws:elbv2:listener:443:\n    Protocol: HTTPS\n',
    );
    expect((await bundle(folder, '--profile', 'single')).err).toContain(
      'a single instance has no load balancer',
    );
  });

  it('warns of a variable that nobody reads, and of secrets that go along', async () => {
    const folder = checkout();
    fillIn(folder, { 'CLIENTS: ': 'PUBLIC_URI: 1\n    CLIENTS: ' });
    const { out } = await bundle(folder);
    expect(out).toContain('Warning: PUBLIC_URI is set, but nobody reads it');
    expect(out).toContain(
      'Warning: USERS is a secret: if it names a database, USERS_QUERY is needed as well',
    );
    expect(out).toContain('Warning: site/clients.json has a client_secret as it is');
    write(
      folder,
      'site/clients.json',
      JSON.stringify([{ ...cloudLights, ...real, client_secret: `sha256:${'x'.repeat(43)}` }]),
    );
    expect((await bundle(folder)).out).not.toContain('client_secret');
  });

  it.each([['--profile', 'double'], ['--frofile'], ['--help']])(
    'explains itself: %s %s',
    async (...parameters) => {
      const { code, out, err } = await bundleApart(checkout(), ...parameters.filter(Boolean));
      expect(code).toBe(parameters[0] === '--help' ? 0 : 2);
      expect(out + err).toMatch(/profile/);
    },
  );

  it('holds what runs and what is the operator’s, as `eb deploy` would take it, and nothing that lies about', async () => {
    const folder = checkout();
    fillIn(folder);
    expect((await bundle(folder)).code).toBe(0);
    const names = [...(await readZip(join(folder, 'bundles/load-balanced.zip'))).keys()];
    expect([...new Set(names.map((name) => name.split('/')[0]))].sort()).toEqual([
      '.ebextensions',
      '.platform',
      'Procfile',
      'dist',
      'package-lock.json',
      'package.json',
      'site',
      'views',
    ]);
    expect(names.filter((name) => name.startsWith('site/'))).toEqual(['site/clients.json', 'site/storage']);
    const git = (...parameters: string[]) =>
      execFileSync('git', parameters, { cwd: folder, encoding: 'utf8' });
    rmSync(join(folder, '.git'), { recursive: true });
    cpSync(join(folder, '.ebignore'), join(folder, '.gitignore'));
    git('init', '-q');
    const kept = git('ls-files', '--others', '--exclude-standard', '-z').split('\0');
    expect(names.sort()).toEqual(kept.filter((name) => name !== '' && !name.endsWith('~')).sort());
  });

  it('for a single instance puts that profile’s files in place of the others, with hooks that can be run', async () => {
    const folder = checkout();
    fillIn(folder, {}, single);
    for (const hook of ['hooks', 'confighooks'])
      chmodSync(join(folder, single, '.platform', hook, 'prebuild/10_certificate.sh'), 0o644);
    expect((await bundle(folder, '--profile', 'single')).code).toBe(0);
    const entries = await readZip(join(folder, 'bundles/single.zip'));
    for (const name of ['network.config', 'site.config'])
      expect(entries.get(`.ebextensions/${name}`)?.content.toString()).toBe(
        readFileSync(join(folder, single, '.ebextensions', name), 'utf8'),
      );
    expect(entries.get('.ebextensions/environment.config')?.content.toString()).toBe(
      readFileSync('.ebextensions/environment.config', 'utf8'),
    );
    const modes = [...entries]
      .filter(([name]) => name.endsWith('.sh'))
      .map(([, { mode }]) => mode.toString(8));
    expect(modes).toEqual(Array(5).fill('100755'));
    expect([...entries.keys()].some((name) => name.startsWith('deploy/'))).toBe(false);
  });

  it('says what is in it, and what to do next', async () => {
    const folder = checkout();
    fillIn(folder);
    const { out } = await bundle(folder);
    expect(out).toMatch(/^bundles\/load-balanced\.zip: \d+ files, \d+ KB\n/);
    expect(out).toContain('  PUBLIC_URL     https://link.cloudlights.io\n');
    expect(out).toContain(`  USERS          from ${users}\n`);
    expect(out).toContain(
      'eb init alexa-account-linking --platform "Node.js 24 running on 64bit Amazon Linux 2023" --region eu-west-1\n',
    );
    const [append = ''] = /printf .*$/m.exec(out) ?? [];
    write(folder, '.elasticbeanstalk/config.yml', 'global:\n  application_name: alexa-account-linking\n');
    execFileSync('sh', ['-c', append], { cwd: folder });
    expect(readFileSync(join(folder, '.elasticbeanstalk/config.yml'), 'utf8')).toMatch(
      /\ndeploy:\n {2}artifact: bundles\/load-balanced\.zip\n$/,
    );
    const again = await bundle(folder);
    expect(again.out).not.toMatch(/eb init|printf/);
    expect(again.out).toContain('eb create alexa-link --elb-type application ');
    fillIn(folder, {}, single);
    const other = await bundle(folder, '--profile', 'single');
    expect(other.out).toContain('put bundles/single.zip in place of bundles/load-balanced.zip');
    expect(other.out).toContain('eb create alexa-link --single ');
  });
});

if (noRegistry !== undefined) it.skip(`installing a bundle is left out: ${noRegistry}`, () => {});

describe.skipIf(noRegistry !== undefined)('what is in a bundle', () => {
  it('is installed and started as Elastic Beanstalk does, by a user with no rights and no other program', async () => {
    const folder = checkout();
    fillIn(folder);
    appendFileSync(join(folder, '.ebextensions/site.config'), '    # the last line\n');
    expect((await bundleApart(folder)).code).toBe(0);
    const registry = await startRegistry();
    onTestFinished(registry.stop);
    const user = createOtherUser(registry.url);
    const app = join(user.folder, 'app');
    for (const [name, { content }] of await readZip(join(folder, 'bundles/load-balanced.zip')))
      write(app, name, content.toString());
    write(app, 'users.htpasswd', htpasswd);
    user.own();

    const { code, err } = await user.run('npm', ['--omit=dev', 'install'], { cwd: app });
    expect([code, err]).toEqual([0, '']);
    const wanted = JSON.parse(readFileSync('package.json', 'utf8'));
    for (const name of Object.keys(wanted.dependencies)) expect(registry.fetched).toContain(name);
    for (const name of ['node', 'typescript', 'vitest', 'yazl']) {
      expect(wanted.devDependencies).toHaveProperty(name);
      expect(registry.fetched).not.toContain(name);
    }

    const dynamo = await startDynamo();
    onTestFinished(dynamo.stop);
    const port = await freePort();
    const env = {
      ...awsEnvironment,
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: 'https://link.cloudlights.io',
      TRUST_PROXY: 'loopback,linklocal,uniquelocal',
      CLIENTS: 'site/clients.json',
      USERS: 'file:users.htpasswd',
      STORAGE: dynamo.location('alexa-links'),
    };
    const [, command = '', main = ''] =
      /^web: (\S+) (\S+)\n$/.exec(readFileSync(join(app, 'Procfile'), 'utf8')) ?? [];
    const migrated = await user.run('node', ['dist/cli.js', 'migrate'], { cwd: app, env });
    expect(migrated).toMatchObject({ code: 0, err: '' });
    const server = user.start(command, [main], { cwd: app, env });
    await server.said(/"event":"server.started"/);
    const reached = { url: server.url } as Parameters<typeof link>[0];
    const redirectUri = euRedirectUri.replace(/\w+$/, 'M2QVRFFJ539CX');
    expect(await isActive(reached, await link(reached, { redirect_uri: redirectUri }))).toBe(true);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.output()).toMatch(/"event":"server.stopped"\}\n$/);
    expect(server.output()).not.toMatch(/^[^{]/m);
  });
});
