import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, it } from 'vitest';
import { measured, outside } from '../vitest.config.ts';

const root = join(import.meta.dirname, '..');
const files = globSync('test/**/*.test.ts', { cwd: root });
const quick = files.filter((file) => ![...outside, ...measured].some((glob) => matchesGlob(file, glob)));

it.each([...outside, ...measured])('vitest.config.ts names tests that there are: %s', (glob) => {
  expect(files.filter((file) => matchesGlob(file, glob))).not.toEqual([]);
});

it('npm run test:quick needs no database, directory, browser or second process', () => {
  expect(quick.length).toBeGreaterThan(30);
  for (const file of quick)
    expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(
      /from '(node:child_process|playwright-core|.*support\/(browser|databases|dynamodb|process|slapd|storages)\.ts)'/,
    );
});
