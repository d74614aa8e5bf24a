import type { JsonWebKey } from 'node:crypto';
import { Command } from 'commander';
import { parseSigningKeys } from '../config/signing-keys.ts';
import { randomReadable } from '../crypto/random.ts';
import { generateSigningKey } from '../crypto/signing-key.ts';
import { changeFile } from './change-file.ts';
import { CommandFailure } from './command-failure.ts';
import { example } from './example.ts';
import { print } from './terminal.ts';

export function keysCommand(): Command {
  return new Command('keys').description('Keys that sign JWT access tokens (SIGNING_KEYS).').addCommand(
    new Command('generate')
      .description(
        'Make a key. Printed as a JWK set, or put first into a file, where it signs from the next start on.',
      )
      .option('--in <file>', 'the file with the set; made where it is not there, readable to its owner alone')
      .option('--second', 'put it behind the first: it is published, and does not sign yet')
      .option('--rsa', 'for RS256 instead of ES256: some verifiers know nothing else')
      .addHelpText('after', example('keys generate --in signing-keys.json'))
      .action((options: { in?: string; second?: true; rsa?: true }) => {
        const key = generateSigningKey(newKid(), options.rsa ? 'RS256' : 'ES256');
        if (options.in === undefined) print(write([key]));
        else addTo(options.in, key, options.second === true);
      }),
  );
}

function addTo(file: string, key: JsonWebKey, second: boolean): void {
  let place = '';
  changeFile(file, (text) => {
    const present = text === '' ? [] : parseKeys(text, file);
    const [first, ...rest] = present;
    const behind = second && first !== undefined;
    place = behind
      ? 'the second: published, and not signing yet'
      : 'the first: it signs from the next start on';
    return `${write(behind ? [first, key, ...rest] : [key, ...present])}\n`;
  });
  print(`In ${file}, ${key['kid']} is now ${place}.`);
}

function parseKeys(json: string, file: string): readonly JsonWebKey[] {
  const problems: string[] = [];
  parseSigningKeys(json, (where, message) =>
    problems.push(`${where.replace('SIGNING_KEYS', file)} ${message}`),
  );
  if (problems.length === 0) return JSON.parse(json).keys;
  throw new CommandFailure(`${file} was left as it is, because of what is in it: ${problems.join('; ')}`);
}

function write(keys: readonly JsonWebKey[]): string {
  return JSON.stringify({ keys }, undefined, 2);
}

/** A day and something that no other key of that day has. */
function newKid(): string {
  return `${new Date().toISOString().slice(0, 10)}-${randomReadable(4).toLowerCase()}`;
}
