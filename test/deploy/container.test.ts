import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import ignore from 'ignore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findFiles } from '../../scripts/bundle/files.ts';
import { type DatabaseServer, startPostgres } from '../support/databases.ts';
import { noProblem } from '../support/no-problem.ts';
import { startProcess } from '../support/process.ts';
import { authorizePath, freePort, signIn, startServer, temporaryFolder } from '../support/server.ts';

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
  it('runs what Elastic Beanstalk and npm run, without a shell or npm between, as nobody in particular', () => {
    const command: string[] = JSON.parse(instruction('CMD'));
    expect(procfile).toBe(`web: ${command.join(' ')}\n`);
    expect(JSON.parse(readFileSync('package.json', 'utf8')).scripts.start).toBe(command.join(' '));
    expect(instruction('USER')).toBe('1000:1000');
    expect(last[0]).not.toMatch(/node/);
    expect(last.join('\n')).not.toMatch(/npm/);
    expect(stages[0]?.[0]).toMatch(/^FROM node:24-/);
    expect(stages[0]?.join('\n')).toContain('npm ci --omit=dev');
  });

  it('has Node.js and its packages from the stage before, and can be written to only where that is of use', () => {
    expect(last).toEqual(
      expect.arrayContaining([
        'COPY --from=packages /usr/local/bin/node /usr/local/bin/node',
        'COPY --from=packages /app/node_modules node_modules',
        'WORKDIR /app',
        'ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080',
        'EXPOSE 8080',
      ]),
    );
    expect(last.join('\n')).toMatch(/ln -s \/app\/src\/cli\.ts \/usr\/local\/bin\/alexa-link/);
    expect(last.join('\n').match(/chown \S+ .*/g)).toEqual(['chown 1000:1000 data node_modules/.cache']);
    const user = last.findIndex((line) => line.startsWith('USER '));
    const warmed = last.findIndex((line) =>
      line.startsWith('RUN ["node", "--import", "./src/compile-cache.js"'),
    );
    // Compiled code is kept by user.
    expect(warmed).toBeGreaterThan(user);
  });

  it('holds what a bundle holds, but for what is Elastic Beanstalk’s', () => {
    const excluded = ignore().add(
      readFileSync('.dockerignore', 'utf8')
        .replace(/^!(\w+)$/gm, '!/$1/')
        .replace(/^\*$/m, '/*'),
    );
    const copied = last
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    for (const path of copied) expect(existsSync(path), path).toBe(true);
    const needed = [...findFiles('load-balanced', noProblem).keys()].filter(
      (name) => !/^(\.ebextensions|\.platform)\/|^Procfile$|^package-lock\.json$/.test(name),
    );
    const missing = needed.filter(
      (name) =>
        excluded.ignores(name) || !copied.some((path) => name === path || name.startsWith(`${path}/`)),
    );
    expect(missing).toEqual([]);
    for (const name of [
      '.env',
      '.git/config',
      'node_modules/x/package.json',
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
    await server.said(/client_secret/);
    const [, person = '', secret = ''] = /Sign in as {2}(\w+), password (\S+)/.exec(server.output()) ?? [];
    const redirectUri = `http://localhost:${PORT}/simulator/na/spa/skill/account-linking-status.html?vendorId=M2SIMULATOR000`;
    const path = authorizePath({ client_id: 'demo-skill', redirect_uri: redirectUri });
    const { headers } = await signIn(server, path, { username: person, password: secret });
    expect(headers['location']).toMatch(/#state=xyz&access_token=/);
  });
});
