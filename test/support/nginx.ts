import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findFiles, type Profile } from '../../scripts/bundle/files.ts';
import { untilListening } from './databases.ts';
import { noProblem } from './no-problem.ts';

const nginx = '/usr/sbin/nginx';

/** Why there is no nginx, in a word for who reads which tests were left out. */
export const noNginx = existsSync(nginx) ? undefined : 'nginx is not installed';

/** What a file has, and what takes its place here: addresses, and folders that belong to root. */
export type Places = Readonly<Record<string, string>>;

/**
 * nginx as Elastic Beanstalk has it on Amazon Linux 2023, with what a bundle of the profile brings along put over it as the
 * platform does. `places` moves it to free ports and a folder of the test's own; all else is as it is delivered.
 */
export function writePlatformNginx(folder: string, profile: Profile, places: Places): string {
  const moved = (text: string) =>
    Object.entries(places).reduce((before, [from, to]) => before.replaceAll(from, to), text);
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, moved(text));
  };
  write('nginx.conf', platform(folder));
  write('conf.d/healthd_logformat.conf', healthFormat);
  write('conf.d/elasticbeanstalk/healthd.conf', healthLog);
  write('conf.d/elasticbeanstalk/00_application.conf', application);
  for (const [name, path] of findFiles(profile, noProblem))
    if (name.startsWith('.platform/nginx/'))
      write(name.slice('.platform/nginx/'.length), readFileSync(path, 'utf8'));
  mkdirSync(join(folder, 'logs/healthd'), { recursive: true });
  return join(folder, 'nginx.conf');
}

/** What `nginx -t` says of a configuration: undefined where it is right. */
export function faultOf(configuration: string): string | undefined {
  const { status, stderr } = spawnSync(nginx, ['-t', '-q', '-c', configuration], { encoding: 'utf8' });
  return status === 0 ? undefined : stderr;
}

/** An nginx that has these servers and nothing else. */
export function writeNginx(folder: string, servers: string): string {
  const [before] = platform(folder).split('    include conf.d');
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'nginx.conf'), `${before}access_log off;\n${servers}\n}\n`);
  return join(folder, 'nginx.conf');
}

export interface Nginx {
  stop(): Promise<void>;
}

export async function startNginx(configuration: string, port: number): Promise<Nginx> {
  const fault = faultOf(configuration);
  if (fault !== undefined) throw new Error(fault);
  const child = spawn(nginx, ['-c', configuration], { stdio: 'ignore' });
  const ended = once(child, 'close');
  child.once('exit', (code) => {
    // Or who happens to have its port would be taken for it.
    if (code !== 0)
      throw new Error(`nginx: ${readFileSync(join(dirname(configuration), 'logs/error.log'), 'utf8')}`);
  });
  // Not killed, or its worker would go on alone.
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await untilListening(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** The parts of nginx.conf that the platform's has too, and those that keep it in the folder and in the foreground. */
const platform = (folder: string) => `${process.getuid?.() === 0 ? 'user root;' : ''}
error_log ${folder}/logs/error.log warn;
pid ${folder}/nginx.pid;
daemon off;
worker_processes 1;
events { worker_connections 1024; }
http {
    client_body_temp_path ${folder}/body;
    proxy_temp_path ${folder}/proxy;
    fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi;
    scgi_temp_path ${folder}/scgi;
    server_tokens off;
    include conf.d/*.conf;
    map $http_upgrade $connection_upgrade {
        default "upgrade";
    }
    server {
        listen 80 default_server;
        access_log /var/log/nginx/access.log;
        client_header_timeout 60;
        client_body_timeout 60;
        keepalive_timeout 60;
        gzip off;
        include conf.d/elasticbeanstalk/*.conf;
    }
}
`;

const application = `
location / {
    proxy_pass http://127.0.0.1:8080;
    proxy_http_version 1.1;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Host $host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
}
`;

const healthFormat = `log_format healthd '$msec"$uri"$status"$request_time"$upstream_response_time"$http_x_forwarded_for';`;

const healthLog = `
if ($time_iso8601 ~ "^(\\d{4})-(\\d{2})-(\\d{2})T(\\d{2})") {
    set $year $1;
    set $month $2;
    set $day $3;
    set $hour $4;
}
access_log /var/log/nginx/healthd/application.log.$year-$month-$day-$hour healthd;
`;
