import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { untilListening } from './databases.ts';

const caddy = '/usr/bin/caddy';

/** Why there is no Caddy, in a word for who reads which tests were left out. */
export const noCaddy = existsSync(caddy) ? undefined : 'Caddy is not installed';

/** Caddy with one site, and nothing else that it would otherwise do. */
export async function startCaddy(
  folder: string,
  site: string,
  port: number,
): Promise<{ readonly stop: () => Promise<void> }> {
  writeFileSync(join(folder, 'Caddyfile'), `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}\n`);
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(caddy, ['run', '--config', join(folder, 'Caddyfile')], { stdio: 'ignore', env });
  const ended = once(child, 'close');
  await untilListening(port);
  return {
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
