import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
}

/** npm's own cache, which has every package that `npm ci` has put here, by the digest in the lock file. */
const cache = process.env['npm_config_cache'] ?? join(homedir(), '.npm');

function cached(integrity: string): string {
  const [algorithm = '', digest = ''] = integrity.split('-');
  const hex = Buffer.from(digest, 'base64').toString('hex');
  return join(cache, '_cacache/content-v2', algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const needed = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path.includes('node_modules/') && dev !== true)
  .map(([path, about]) => ({ name: path.replace(/^.*node_modules\//, ''), ...about }));

/** Why there is no registry, in a word for who reads which tests were left out. */
export const noRegistry = needed.some(
  ({ name, integrity }) => existsSync(join('node_modules', name)) && !existsSync(cached(integrity ?? '-')),
)
  ? 'npm’s cache does not have the packages of package-lock.json'
  : undefined;

export interface Registry {
  readonly url: string;
  /** The packages that were fetched so far. */
  readonly fetched: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** This product, as `npm pack` has packed it. */
interface Packed {
  readonly manifest: Locked & { readonly name: string };
  readonly tarball: string;
}

/** An npm registry at a port of this machine, with the packages that the lock file names for production, and this product. */
export async function startRegistry(own?: Packed): Promise<Registry> {
  const fetched = new Set<string>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const file = needed.find(({ name, version }) => path === `${name}/-/${version}.tgz`);
    if (file?.integrity !== undefined) {
      fetched.add(file.name);
      createReadStream(cached(file.integrity)).pipe(response);
      return;
    }
    if (own !== undefined && path === `${own.manifest.name}/-/${own.manifest.version}.tgz`) {
      createReadStream(own.tarball).pipe(response);
      return;
    }
    const versions =
      path === own?.manifest.name ? [own.manifest] : needed.filter(({ name }) => name === path);
    response.statusCode = versions.length > 0 ? 200 : 404;
    response.end(JSON.stringify(describe(path, versions)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function describe(name: string, versions: readonly Locked[]) {
    const entries = versions.map(({ version, integrity, ...about }) => {
      const dist = { tarball: `${url}/${name}/-/${version}.tgz`, integrity };
      return [version, { name, version, dist, ...about }] as const;
    });
    return { name, 'dist-tags': { latest: versions.at(-1)?.version }, versions: Object.fromEntries(entries) };
  }

  return {
    url,
    fetched,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
