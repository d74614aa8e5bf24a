import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, it } from 'vitest';
import { load, measured, outside } from '../vitest.config.ts';

const root = join(import.meta.dirname, '..');
const files = globSync('test/**/*.test.ts', { cwd: root });
const quick = files.filter(
  (file) => ![...outside, ...measured, ...load].some((glob) => matchesGlob(file, glob)),
);

it.each([...outside, ...measured, ...load])('each pattern in vitest.config.ts matches a test: %s', (glob) => {
  expect(files.filter((file) => matchesGlob(file, glob))).not.toEqual([]);
});

it('npm run test:quick needs no database, directory, browser or second process', () => {
  expect(quick.length).toBeGreaterThan(30);
  for (const file of quick)
    if (file !== 'test/projects.test.ts')
      expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(
        /'(node:child_process|playwright-core|.*support\/(browser|caddy|databases|dynamodb|nginx|pebble|process|registry|slapd|storages)\.ts)'|runCommandApart|runAtTerminal/,
      );
});
