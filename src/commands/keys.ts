import type { JsonWebKey } from 'node:crypto';
import { Command } from 'commander';
import { sayPlace, sayProblem } from '../config/problem.ts';
import { generateSigningKey, parseSigningKeys } from '../config/signing-keys.ts';
import { randomReadable } from '../crypto.ts';
import { hashPassword } from '../passwords/password-hash.ts';
import { changeFile } from './change-file.ts';
import { CommandFailure, example } from './command.ts';
import { print, readPassword } from './terminal.ts';

export function keysCommand(): Command {
  return new Command('keys').description('Keys that sign JWT access tokens (SIGNING_KEYS).').addCommand(
    new Command('generate')
      .description(
        'Make a key. It is printed as a JWK set, or put first into a file and signs from the next start.',
      )
      .option('--in <file>', 'the file with the set; a new one is for its owner alone')
      .option('--second', 'put it after the first: it is published, and does not sign yet')
      .option('--rsa', 'for RS256 instead of ES256, for verifiers that know nothing else')
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
    const isSecond = second && first !== undefined;
    place = isSecond
      ? 'the second: published, and not signing yet'
      : 'the first: it signs from the next start on';
    return `${write(isSecond ? [first, key, ...rest] : [key, ...present])}\n`;
  });
  print(`In ${file}, ${key['kid']} is now ${place}.`);
}

function parseKeys(json: string, file: string): readonly JsonWebKey[] {
  const problems: string[] = [];
  parseSigningKeys(json, (problem, { place = [], remedy } = {}) =>
    problems.push(sayProblem({ setting: `its content${sayPlace(place)}`, problem, remedy })),
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

export function hashPasswordCommand(): Command {
  return new Command('hash-password')
    .description('Print the argon2id hash of a password, for your database or your own module.')
    .addHelpText('after', example('hash-password < password.txt'))
    .action(async () => {
      const password = await readPassword();
      if (password === '') throw new CommandFailure('The password is empty.');
      print(await hashPassword(password));
    });
}
