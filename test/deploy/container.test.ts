import { execSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ignore from 'ignore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type DatabaseServer, startPostgres } from '../support/databases.ts';
import { linkDemoUser, startProcess } from '../support/process.ts';
import { freePort, startServer, temporaryFolder } from '../support/server.ts';

/** The instructions of the Dockerfile, stage by stage. */
const stages = readFileSync('Dockerfile', 'utf8')
  .replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', '')
  .split(/^(?=FROM )/m)
  .map((stage) => stage.split('\n').filter((line) => line.trim() !== ''));
const last = stages.at(-1) ?? [];
const instruction = (name: string) =>
  last.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
const procfile = readFileSync('Procfile', 'utf8');

describe('the image', () => {
  it('runs what Elastic Beanstalk runs, without a shell or npm between, as nobody in particular', () => {
    const command: string[] = JSON.parse(instruction('CMD'));
    expect(procfile).toBe(`web: ${command.join(' ')}\n`);
    expect(command).toEqual(['node', 'dist/main.js']);
    expect(instruction('USER')).toBe('1000:1000');
    expect(last[0]).not.toMatch(/node/);
    expect(last.join('\n')).not.toMatch(/npm/);
    expect(stages[0]?.[0]).toMatch(/^FROM node:24-/);
    expect(stages[0]?.at(-1)).toMatch(/^RUN npm run build && npm prune --omit=dev /);
  });

  it('has the program and its packages from the stage before, and can write to data/ alone', () => {
    expect(last.filter((line) => line.startsWith('COPY '))).toEqual([
      'COPY --from=build /usr/local/bin/node /usr/local/bin/node',
      'COPY --from=build /app/node_modules node_modules',
      'COPY --from=build /app/dist dist',
      'COPY package.json ./',
      'COPY views views',
      'COPY site site',
    ]);
    expect(last).toContain('ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080');
    expect(last).toContain('EXPOSE 8080');
    expect(last.join('\n')).toMatch(/ln -s \/app\/dist\/cli\.js \/usr\/local\/bin\/alexa-link/);
    expect(last.join('\n').match(/chown \S+ .*/g)).toEqual(['chown 1000:1000 data']);
  });

  it('is built from what it copies', () => {
    const folder = temporaryFolder();
    for (const line of stages[0] ?? []) {
      const [instruction, ...paths] = line.split(' ');
      if (instruction === 'COPY')
        for (const path of paths.slice(0, -1)) cpSync(path, join(folder, path), { recursive: true });
    }
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const [, build = ''] = /^RUN (npm run build) && /.exec(stages[0]?.at(-1) ?? '') ?? [];
    execSync(build, { cwd: folder });
    expect(existsSync(join(folder, 'dist/main.js'))).toBe(true);
  });

  it('is given what it copies, and nothing private', () => {
    const excluded = ignore().add(
      readFileSync('.dockerignore', 'utf8')
        .replace(/^!(\S+)$/gm, '!/$1')
        .replace(/^\*$/m, '/*'),
    );
    const copied = stages
      .flat()
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied).toContain('src');
    for (const path of copied) {
      const name = statSync(path).isDirectory() ? `${path}/x` : path;
      expect(excluded.ignores(name), name).toBe(false);
    }
    for (const name of [
      '.env',
      '.git/config',
      'node_modules/x/package.json',
      'dist/main.js',
      'test/x.ts',
      'data/links.db',
      'site/.env',
    ])
      expect(excluded.ignores(name), name).toBe(true);
  });

  it('is healthy while the server answers, and only then', async () => {
    const check: string[] = JSON.parse(/CMD (.*)$/.exec(instruction('HEALTHCHECK'))?.[1] ?? '[]');
    expect(check[0]).toBe('node');
    const server = await startServer();
    const ask = async (PORT = ` ${server.config.port} `) => {
      const env = { PORT };
      const [code] = await once(spawn(process.execPath, check.slice(1), { env }), 'close');
      return code;
    };
    expect(await ask()).toBe(0);
    await server.stop();
    expect(await ask()).toBe(1);
    // As the server reads it: empty is unset.
    expect(check.join(' ')).toContain('|| 8080');
  });
});

describe('compose.dev.yaml', () => {
  let postgres: DatabaseServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  it('is a look at the server: people link, and links are in PostgreSQL', async () => {
    const { services, volumes } = parse(readFileSync('compose.dev.yaml', 'utf8'));
    const { environment, ports, depends_on: needs } = services.server;
    expect(services.server).toMatchObject({ build: '.', read_only: true, stop_grace_period: '30s' });
    expect(services.postgres.volumes.map((volume: string) => volume.split(':')[0])).toEqual(
      Object.keys(volumes),
    );
    expect(ports).toEqual(['127.0.0.1:8080:8080']);
    expect(Object.keys(needs)).toEqual(['postgres']);
    const { username, password, host, pathname } = new URL(environment.STORAGE);
    expect([username, password, host, pathname.slice(1)]).toEqual([
      services.postgres.environment.POSTGRES_USER,
      services.postgres.environment.POSTGRES_PASSWORD,
      'postgres',
      services.postgres.environment.POSTGRES_DB,
    ]);
    const PORT = String(await freePort());
    const here = { STORAGE: postgres.url(), PORT, HOST: '127.0.0.1', PUBLIC_URL: `http://localhost:${PORT}` };
    const server = startProcess({ ...environment, ...here }, temporaryFolder());
    expect(await linkDemoUser(server)).toMatch(/#state=xyz&access_token=/);
  });
});
