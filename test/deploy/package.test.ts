import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { buildCheckout } from '../support/checkout.ts';
import { createOtherUser } from '../support/other-user.ts';
import { linkDemoUser } from '../support/process.ts';
import { noRegistry, startRegistry } from '../support/registry.ts';
import { freePort, isActive, link, settings, type TestServer, temporaryFolder } from '../support/server.ts';

const built = buildCheckout();

/** Paths in the package, as `npm pack` makes it, which builds before. */
let paths: readonly string[];
let tarball: string;
beforeAll(() => {
  writeFileSync(join(built.folder, 'dist/removed-since.js'), '');
  const packing = execFileSync('npm', ['pack', '--json', '--silent'], {
    cwd: built.folder,
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(packing) as [{ filename: string; files: { path: string }[] }];
  paths = packed.files.map(({ path }) => path);
  tarball = join(built.folder, packed.filename);
});

/** Another user’s empty folder, and a registry that has the package. */
async function emptyFolder() {
  const registry = await startRegistry({ manifest, tarball });
  onTestFinished(registry.stop);
  const user = createOtherUser(registry.url);
  const cwd = join(user.folder, 'empty');
  mkdirSync(cwd);
  user.own();
  return { user, cwd };
}

/** What TypeScript finds wrong with a file, all of its checks on. */
function compile(path: string): string {
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext'];
  return spawnSync('node_modules/.bin/tsc', [...options, path], { encoding: 'utf8' }).stdout;
}

describe('the npm package', () => {
  it('holds what runs, what is shown and what is read, and no source', () => {
    const places = new Set(paths.map((path) => path.split('/')[0]));
    const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'docs'];
    expect([...places].sort()).toEqual([...documents, 'dist', 'package.json', 'views'].sort());
    expect(paths.filter((path) => path.endsWith('.ts'))).toEqual(['dist/users/create-user-store.d.ts']);
    expect(paths).not.toContain('dist/removed-since.js');
  });

  it('has each file that its manifest names', () => {
    const named = [...Object.values(manifest.bin), manifest.exports['./user-store'].types.replace('./', '')];
    expect(paths).toEqual(expect.arrayContaining(named));
    expect(manifest).not.toHaveProperty('private');
  });

  it('says in one sentence that Node.js is too old', () => {
    // What an older Node.js would load before it looks at the version.
    const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.20.2'}})`;
    for (const path of Object.values(manifest.bin)) {
      const program = join(built.folder, path);
      const { status, stderr } = spawnSync(process.execPath, ['--import', older, program], {
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(/^alexa-account-linking needs Node\.js 24 .*\n$/),
      ]);
    }
  });

  it('says so where Node.js can’t run a module in TypeScript', () => {
    const env = { USERS: join(built.folder, 'src/users/create-user-store.ts') };
    const parameters = ['--no-strip-types', join(built.folder, 'dist/cli.js'), 'check-config', '--connect'];
    const cwd = temporaryFolder();
    const { status, stdout } = spawnSync(process.execPath, parameters, { cwd, env, encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, expect.stringContaining('this Node.js can’t run TypeScript')]);
  });

  const installed = process.env['npm_node_execpath'] ?? process.execPath;
  const version = execFileSync(installed, ['--version'], { encoding: 'utf8' });
  it.runIf(Number.parseInt(version.slice(1), 10) < 24)(
    'says it to the Node.js that npm runs on, which is too old',
    () => {
      for (const path of Object.values(manifest.bin)) {
        const { status, stderr } = spawnSync(installed, [join(built.folder, path)], { encoding: 'utf8' });
        expect([status, stderr]).toEqual([
          1,
          expect.stringMatching(/^alexa-account-linking needs Node\.js 24 .*\n$/),
        ]);
      }
    },
  );
});

if (noRegistry !== undefined) it.skip(`installing the package is left out: ${noRegistry}`, () => {});

describe.skipIf(noRegistry !== undefined)('the npm package, installed by another user', () => {
  it('starts by npx in an empty folder, and the demo user links', async () => {
    const { user, cwd } = await emptyFolder();
    const PORT = String(await freePort());
    // As Debian’s own Node.js, which can’t strip types.
    const env = { PORT, NODE_OPTIONS: '--no-strip-types' };
    const server = user.start('npx', ['--yes', manifest.name], { cwd, env });
    expect(await linkDemoUser(server)).toMatch(/#state=xyz&access_token=/);
    expect(server.output()).not.toMatch(/warn/i);
    expect(existsSync(join(cwd, 'data/links.db'))).toBe(true);
  });

  it('links users of a module beside it, in TypeScript and JavaScript, and brings the commands', async () => {
    const { user, cwd } = await emptyFolder();
    expect(await user.run('npm', ['install', manifest.name], { cwd })).toMatchObject({ code: 0, err: '' });
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync('docs/users.md', 'utf8')) ?? [];
    const script = example.replace(/^import type .*\n/m, '').replace(': CreateUserStore', '');
    const modules = {
      'users.mts': example,
      'users.mjs': script,
      'users.cjs': `${script.replace('export const createUserStore =', 'module.exports = { createUserStore:').trim().slice(0, -1)} };\n`,
    };
    const env = await settings(cwd);
    for (const [name, text] of Object.entries(modules)) writeFileSync(join(cwd, name), text);
    user.own();

    expect(compile(join(cwd, 'users.mts'))).toBe('');
    writeFileSync(join(cwd, 'wrong.mts'), example.replace('person.id === id)', 'person.id === id)?.name'));
    expect(compile(join(cwd, 'wrong.mts'))).toMatch(
      /^\S*wrong\.mts\(\d+,\d+\): error TS2322: .*User \| null/,
    );

    for (const name of Object.keys(modules)) {
      const PORT = String(await freePort());
      const place = {
        cwd,
        env: { ...env, PORT, PUBLIC_URL: `http://localhost:${PORT}`, USERS: `./${name}` },
      };
      const checked = await user.run('npx', ['alexa-link', 'check-config', '--connect'], place);
      expect([name, checked.code, checked.err]).toEqual([
        name,
        0,
        expect.stringContaining(`Users: ${cwd}/${name}\n`),
      ]);
      const server = user.start('node_modules/.bin/alexa-account-linking', [], place);
      await server.said(/server\.started/);
      const reached = { url: server.url } as TestServer;
      expect(await isActive(reached, await link(reached))).toBe(true);
      server.child.kill('SIGTERM');
      expect(await server.ended).toBe(0);
      expect(server.output()).not.toMatch(/warn/i);
    }
  });
});
