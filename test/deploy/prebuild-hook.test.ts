import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/server.ts';

const hook = resolve('.platform/hooks/prebuild/00_runnable.sh');

/** Deploys a folder as far as Elastic Beanstalk's first hook, with nothing but a shell and perhaps a `node`. */
function deploy({ built = true, node = process.execPath }: { built?: boolean; node?: string }) {
  const cwd = temporaryFolder();
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  if (node !== '') symlinkSync(node, join(bin, 'node'));
  if (built) {
    mkdirSync(join(cwd, 'dist'));
    writeFileSync(join(cwd, 'dist/main.js'), '');
  }
  const { status, stdout, stderr } = spawnSync('/bin/sh', [hook], {
    cwd,
    env: { PATH: bin },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

/** A program that says of itself that it is an older Node.js. */
function olderNode(): string {
  const path = join(temporaryFolder(), 'node');
  const preload = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'22.21.0'}})`;
  const version = '[ "$1" = --version ] && echo v22.21.0 && exit';
  writeFileSync(path, `#!/bin/sh\n${version}\nexec ${process.execPath} --import "${preload}" "$@"\n`, {
    mode: 0o755,
  });
  return path;
}

describe('the first hook of a deployment', () => {
  it('lets pass what was built, at Node.js 24 or newer', () => {
    expect(deploy({})).toEqual({ status: 0, said: '' });
  });

  it('stops in one sentence where dist/ is missing', () => {
    expect(deploy({ built: false })).toEqual({
      status: 1,
      said: 'dist/ is missing: run "npm ci && npm run build", then deploy again.\n',
    });
  });

  it('stops in one sentence where Node.js is too old', () => {
    expect(deploy({ node: olderNode() })).toEqual({
      status: 1,
      said: expect.stringMatching(
        /^This environment has Node\.js v22\.21\.0: .*"Node\.js 24 running on .*"\.\n$/,
      ),
    });
  });

  it('leaves that to the server where hooks find no Node.js', () => {
    expect(deploy({ node: '' })).toEqual({ status: 0, said: '' });
  });
});
