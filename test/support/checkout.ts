import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { temporaryFolder } from './server.ts';

/** What a clone has at the top, but for tests. */
const parts = [
  ...['src', 'views', 'scripts', 'deploy', 'docs', 'site', '.ebextensions', '.platform', 'test/support'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'Procfile', 'Dockerfile'],
  ...['.ebignore', '.gitignore', 'README.md', 'CHANGELOG.md', 'LICENSE'],
];

interface BuiltCheckout {
  /** Where it is, for all tests of the file. */
  readonly folder: string;
  /** Returns a copy for one test. */
  copy(): string;
}

/** A copy of this checkout in which `npm run build` was run. */
export function buildCheckout(): BuiltCheckout {
  const built = mkdtempSync(join(tmpdir(), 'alexa-account-linking-'));
  beforeAll(() => {
    for (const part of parts) cpSync(part, join(built, part), { recursive: true });
    symlinkSync(resolve('node_modules'), join(built, 'node_modules'));
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: built });
  });
  afterAll(() => rmSync(built, { recursive: true }));
  return {
    folder: built,
    copy() {
      const folder = temporaryFolder();
      cpSync(built, folder, { recursive: true });
      return folder;
    },
  };
}
