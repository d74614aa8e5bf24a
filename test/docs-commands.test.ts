import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './support/cli.ts';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'docs/deploy-container.md',
  'docs/deploy-elastic-beanstalk.md',
  'docs/operations.md',
  'docs/pages.md',
  'docs/privacy.md',
  'docs/users.md',
];

/** Every command that a page tells somebody to call, as its words. */
const commands = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/npm run (?:--silent )?alexa-link -- ([^`\n]+)/g)].map(
    ([, command = '']) => [page, command.trim()] as const,
  ),
);

describe('the documentation', () => {
  it('shows commands', () => expect(commands.length).toBeGreaterThan(15));

  it.each(commands.filter(([, command]) => !command.startsWith('COMMAND')))(
    '%s shows a command that there is, with options that it has: %s',
    async (_page, command) => {
      const words = command.split(' ');
      const names = words.slice(
        0,
        words.findIndex((word) => /^-|^(reviewer|alice|links\.jsonl)$/.test(word)) >>> 0,
      );
      const { code, out } = await runCommand([...names, '--help']);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: alexa-link ${names.join(' ')}`);
      for (const option of words.filter((word) => word.startsWith('--'))) expect(out).toContain(option);
    },
  );
});
