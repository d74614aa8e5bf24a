import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/**
 * Which folder (or file, in `src` itself) may import which; each may import itself. Imports point down the list.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['node-version.ts', 'start.ts'],
  'cli.ts': ['node-version.ts', 'commands'],
  commands: [
    'adapters.ts',
    'config',
    'users',
    'passwords',
    'storage',
    'clock.ts',
    'crypto.ts',
    'text-file.ts',
  ],
  'start.ts': ['config', 'adapters.ts', 'server.ts', 'telemetry'],
  'server.ts': [
    'adapters.ts',
    'patience.ts',
    'config',
    'simulator',
    'http',
    'pages',
    'oauth',
    'users',
    'passwords',
    'storage',
    'telemetry',
  ],
  'patience.ts': ['adapters.ts', 'clock.ts', 'config', 'users', 'telemetry'],
  'adapters.ts': ['config', 'pages', 'users', 'passwords', 'storage', 'sql', 'telemetry', 'text-file.ts'],
  config: ['oauth', 'alexa', 'sql', 'telemetry', 'crypto.ts', 'text-file.ts'],
  simulator: ['http', 'pages', 'oauth', 'alexa', 'crypto.ts'],
  http: ['pages', 'oauth', 'alexa', 'storage', 'telemetry', 'clock.ts'],
  pages: ['oauth', 'alexa', 'storage', 'telemetry', 'text-file.ts'],
  oauth: ['users', 'passwords', 'storage', 'telemetry', 'clock.ts', 'crypto.ts'],
  alexa: [],
  users: ['passwords', 'sql', 'telemetry', 'clock.ts', 'text-file.ts'],
  passwords: [],
  storage: ['sql', 'telemetry', 'clock.ts'],
  telemetry: ['crypto.ts'],
  sql: [],
  'node-version.ts': [],
  'clock.ts': [],
  'crypto.ts': [],
  'text-file.ts': [],
};

/** Packages that belong to some folders alone. */
const packagesOf: Readonly<Record<string, readonly string[]>> = {
  express: ['http', 'simulator'],
  helmet: ['http'],
  'http-errors': ['http'],
  eta: ['pages'],
  negotiator: ['http'],
  'ipaddr.js': ['http', 'oauth'],
  kysely: ['storage', 'sql', 'users'],
  'kysely/migration': ['storage'],
  'node:sqlite': ['sql'],
  pg: ['sql'],
  mysql2: ['sql'],
  ldapts: ['users'],
  undici: ['users'],
  zod: ['config', 'users', 'commands'],
  '@aws-sdk/client-dynamodb': ['storage'],
  '@aws-sdk/lib-dynamodb': ['storage'],
  'prom-client': ['telemetry'],
  jose: ['oauth'],
  leven: ['config'],
  'jsonc-parser': ['config'],
  'lru-cache': ['sql', 'users', 'oauth', 'pages', 'storage', 'simulator'],
  pino: ['telemetry'],
  'pino-pretty': ['telemetry'],
  'p-limit': ['oauth', 'storage', 'users'],
  commander: ['commands'],
  'cli-progress': ['commands'],
  'write-file-atomic': ['commands'],
  tinypool: ['passwords'],
  '@node-rs/argon2': ['passwords'],
  '@node-rs/bcrypt': ['passwords'],
};

/** Interfaces that `http` and `oauth` see; the implementations beside them are for `server.ts` alone. */
const interfaces = ['users/user-store.ts', 'storage/stores.ts'];

interface Module {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const modules: Module[] = globSync('src/**/*.ts', { cwd: root }).map((found) => {
  const path = found.replaceAll('\\', '/').slice('src/'.length);
  const text = readFileSync(join(root, found), 'utf8');
  const code = text.replace(/^ \* .*$/gm, '');
  const imports = [...code.matchAll(/(?:from\s+|import\(\s*|import\s+)'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? normalize(join(dirname(path), name)).replaceAll('\\', '/') : name,
  );
  return { path, text, imports };
});

/** The folder of a file in `src`, or the file itself where it has none. */
function place(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : path;
}

describe('the architecture', () => {
  it.each(modules)('$path imports only what its place allows', ({ path, imports }) => {
    const here = place(path);
    const inside = imports.filter((name) => modules.some((module) => module.path === name));
    for (const name of inside) {
      expect([here, ...(allowed[here] ?? [])], `${path} imports ${name}`).toContain(place(name));
      if (['http', 'pages', 'oauth'].includes(here) && ['users', 'storage'].includes(place(name)))
        expect(interfaces).toContain(name);
    }
    for (const name of imports.filter((each) => !inside.includes(each) && !each.startsWith('.'))) {
      const owners = packagesOf[name];
      if (owners !== undefined) expect(owners, `${path} imports ${name}`).toContain(here);
      else expect(name, `${path} imports ${name}`).toMatch(/^node:/);
    }
  });

  it('knows every folder, and every folder is there', () => {
    expect([...new Set(modules.map(({ path }) => place(path)))].sort()).toEqual(Object.keys(allowed).sort());
  });

  it.each(modules)('$path has at most 300 lines', ({ text }) => {
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(300);
  });

  it('has no circles', () => {
    const importsOf = new Map(modules.map(({ path, imports }) => [path, imports]));
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      expect(trail, `a circle: ${[...trail, path].join(' -> ')}`).not.toContain(path);
      if (done.has(path)) return;
      for (const name of importsOf.get(path) ?? []) if (importsOf.has(name)) visit(name, [...trail, path]);
      done.add(path);
    };
    for (const { path } of modules) visit(path, []);
  });

  it('reads the environment in one file alone', () => {
    expect(modules.filter(({ text }) => text.includes('process.env')).map(({ path }) => path)).toEqual([
      'config/environment.ts',
    ]);
  });

  it('keeps oauth pure: no clock and no chance of its own, no network', () => {
    for (const { path, text } of modules.filter((module) => place(module.path) === 'oauth')) {
      expect(text, path).not.toMatch(/Date\.now|new Date|Math\.random|randomBytes|fetch\(|process\./);
    }
  });

  it('asks for each folder, package and file that the tables name', () => {
    const edges = modules.flatMap(({ path, imports }) => imports.map((name) => [place(path), name] as const));
    const used = (here: string, name: string) =>
      edges.some(([from, to]) => from === here && (to === name || place(to) === name));
    for (const [here, names] of Object.entries(allowed))
      for (const name of names) expect(used(here, name), `${here} imports ${name}`).toBe(true);
    for (const [name, folders] of Object.entries(packagesOf))
      for (const here of folders) expect(used(here, name), `${here} imports ${name}`).toBe(true);
  });

  it('opens each folder with a few lines on what it is', () => {
    for (const folder of Object.keys(allowed).filter((name) => !name.endsWith('.ts'))) {
      const opening = modules.filter(
        ({ path, text }) => place(path) === folder && text.startsWith(`/*\n * ${folder}: `),
      );
      expect(opening, folder).toHaveLength(1);
    }
  });

  it('suppresses no check without a reason, and asserts nothing away', () => {
    for (const { path, text } of modules) {
      expect(text, path).not.toMatch(/@ts-|biome-ignore|: any\b|as any\b|\w!\.|\)!\./);
    }
  });
});
