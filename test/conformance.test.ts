import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const rows = [
  ...readFileSync(join(root, 'docs/conformance.md'), 'utf8').matchAll(/\| `(test\/[^`]+)` › (.+?) \|$/gm),
];

it('docs/conformance.md names a test for each requirement', () => {
  const lines = readFileSync(join(root, 'docs/conformance.md'), 'utf8').split('\n');
  const requirements = lines.filter(
    (line) => line.startsWith('| ') && !/^\| (requirement|section) \|/.test(line),
  );
  expect(requirements.length).toBeGreaterThan(40);
  expect(rows).toHaveLength(requirements.length);
});

it.each(rows.map(([, file = '', title = '']) => [title, file] as const))(
  'there is the test “%s”',
  (title, file) => {
    const text = readFileSync(join(root, file), 'utf8');
    expect(text.includes(`'${title}'`)).toBe(true);
  },
);
