import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { hashPasswordForApache, longestForApache } from '../crypto/password-hash.ts';
import { linesOf, parseHtpasswd, usernameOf } from '../users/htpasswd.ts';
import { changeFile } from './change-file.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { usersFile } from './configuration.ts';
import { print, printTable, readPassword } from './terminal.ts';

export function usersCommand(): Command {
  return new Command('users')
    .description('The users in the file that USERS names, in Apache’s htpasswd format.')
    .addCommand(addCommand())
    .addCommand(removeCommand())
    .addCommand(listCommand());
}

function addCommand(): Command {
  return new Command('add')
    .description('Add somebody, or give them a new password. It is asked for, or read from standard input.')
    .argument('<username>')
    .option(
      '--expires <when>',
      'the last day, as 2026-12-31 or in days from now, as 30d: for a reviewer’s account',
    )
    .addHelpText(
      'after',
      '\nExample:\n  USERS=file:users.htpasswd alexa-link users add reviewer --expires 30d',
    )
    .action(async (given: string, { expires }: { expires?: string }) => {
      const file = usersFile();
      const username = checkedName(given);
      const day = expires === undefined ? undefined : lastDay(expires, Date.now());
      const hash = await hashPasswordForApache(checkedPassword(await readPassword()));
      const lines = [...(day === undefined ? [] : [`#expires ${day} ${username}`]), `${username}:${hash}`];
      let verb = 'was added';
      changeFile(file, (text) => {
        const others = withoutUser(text, username);
        if (others !== text) verb = 'has a new password';
        return others + lines.map((line) => `${line}\n`).join('');
      });
      print(
        `${username} ${verb}${day === undefined ? '' : `, and can sign in until the end of ${day} (UTC)`}.`,
      );
    });
}

function removeCommand(): Command {
  return new Command('remove')
    .description('Remove somebody. Their tokens stop working within a minute.')
    .argument('<username>')
    .addHelpText('after', '\nExample:\n  USERS=file:users.htpasswd alexa-link users remove reviewer')
    .action((username: string) => {
      const file = usersFile();
      changeFile(file, (text) => {
        const others = withoutUser(text, username.trim().normalize('NFC'));
        if (others === text)
          throw new CommandFailure(`There is no ${username} in ${file}.`, exitCodes.nothingFound);
        return others;
      });
      print(`${username} was removed.`);
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('List everybody, with the last day of those who have one.')
    .option('--json', 'print a JSON object a line')
    .addHelpText('after', '\nExample:\n  USERS=file:users.htpasswd alexa-link users list')
    .action(({ json }: { json?: true }) => {
      const file = usersFile();
      if (!existsSync(file)) throw new CommandFailure(`There is no ${file} yet: add somebody first.`);
      const { users, expiresAt, damaged } = parseHtpasswd(readFileSync(file, 'utf8'));
      const rows = [...users.keys()].map((username) => {
        const end = expiresAt.get(username);
        const until = end === undefined ? null : new Date((end - 1) * 1000).toISOString().slice(0, 10);
        return { username, until, expired: end !== undefined && Date.now() >= end * 1000 };
      });
      if (json) for (const row of rows) print(JSON.stringify(row));
      else if (rows.length === 0) print(`Nobody is in ${file}.`);
      else
        printTable([
          ['USERNAME', 'UNTIL'],
          ...rows.map(({ username, until, expired }) => [
            username,
            `${until ?? ''}${expired ? ' (expired)' : ''}`,
          ]),
        ]);
      for (const { line, problem } of damaged) process.stderr.write(`${file}, line ${line}: ${problem}\n`);
    });
}

/** Everything else stays as it is, comments and empty lines too. */
function withoutUser(text: string, username: string): string {
  const lines = linesOf(text);
  const others = lines.filter((line) => usernameOf(line) !== username);
  if (others.length === lines.length && (text === '' || text.endsWith('\n'))) return text;
  return others.join('\n').replace(/([^\n])$/, '$1\n');
}

function checkedName(given: string): string {
  const username = given.trim().normalize('NFC');
  if (
    username === '' ||
    username.startsWith('#') ||
    /[:\p{Cc}]/u.test(username) ||
    [...username].length > 256
  )
    throw new CommandFailure(
      'A username has 1 to 256 characters, no colon, and no # in front.',
      exitCodes.misused,
    );
  return username;
}

function checkedPassword(password: string): string {
  if (password === '') throw new CommandFailure('The password is empty: nothing was changed.');
  if (Buffer.byteLength(password) > longestForApache)
    throw new CommandFailure(
      `The password has more than ${longestForApache} bytes, and bcrypt would not read the rest: nothing was changed.`,
    );
  return password;
}

const dayMs = 86_400_000;

function lastDay(when: string, nowMs: number): string {
  const days = /^(\d{1,4})d$/.exec(when)?.[1];
  const instant = days === undefined ? Date.parse(`${when}T00:00:00Z`) : nowMs + Number(days) * dayMs;
  if (Number.isNaN(instant) || (days === undefined && !/^\d{4}-\d\d-\d\d$/.test(when)))
    throw new CommandFailure('--expires takes a day like 2026-12-31, or days like 30d.', exitCodes.misused);
  if (instant + dayMs <= nowMs)
    throw new CommandFailure(`${when} is over: --expires takes a day to come.`, exitCodes.misused);
  return new Date(instant).toISOString().slice(0, 10);
}
