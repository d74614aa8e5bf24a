import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { hashPasswordForApache, longestForApache } from '../crypto/password-hash.ts';
import { readTextFile } from '../text-file.ts';
import { linesOf, parseHtpasswd, startOfDay, usernameOf } from '../users/htpasswd.ts';
import { changeFile } from './change-file.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { readUsersFile } from './configuration.ts';
import { example } from './example.ts';
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
    .addHelpText('after', example('users add reviewer --expires 30d', 'USERS=file:users.htpasswd '))
    .action(async (given: string, { expires }: { expires?: string }) => {
      const { path: file, pepper } = readUsersFile();
      const username = checkedName(given);
      const day = expires === undefined ? undefined : lastDay(expires, Date.now());
      const hash = await hashPasswordForApache(checkedPassword(await readPassword(), pepper));
      const lines = [...(day === undefined ? [] : [`#expires ${day} ${username}`]), `${username}:${hash}`];
      let verb = 'was added';
      changeFile(file, (text) => {
        const { others, found } = withoutUser(text, username);
        if (found) verb = 'has a new password';
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
    .addHelpText('after', example('users remove reviewer', 'USERS=file:users.htpasswd '))
    .action((username: string) => {
      const { path: file } = readUsersFile();
      changeFile(file, (text) => {
        const { others, found } = withoutUser(text, username.trim().normalize('NFC'));
        if (!found) throw new CommandFailure(`There is no ${username} in ${file}.`, exitCodes.nothingFound);
        return others;
      });
      print(`${username} was removed.`);
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('List everybody, with the last day of those who have one.')
    .option('--json', 'print a JSON object a line')
    .addHelpText('after', example('users list', 'USERS=file:users.htpasswd '))
    .action(({ json }: { json?: true }) => {
      const { path: file } = readUsersFile();
      if (!existsSync(file)) throw new CommandFailure(`There is no ${file} yet: add somebody first.`);
      const { users, expiresAt, damaged } = parseHtpasswd(readTextFile(file));
      const rows = [...users.keys()].map((username) => {
        const end = expiresAt.get(username);
        const until = end === undefined ? null : isoDay((end - 1) * 1000);
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

/** Everything else stays as it is, comments and empty lines too; the last line gets its end. */
function withoutUser(text: string, username: string): { readonly others: string; readonly found: boolean } {
  const lines = linesOf(text);
  const others = lines.filter((line) => usernameOf(line) !== username);
  const whole = others.length === lines.length ? text : others.join('\n');
  return { others: whole.replace(/([^\n])$/, '$1\n'), found: others.length < lines.length };
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

function checkedPassword(password: string, pepper: string): string {
  if (password === '') throw new CommandFailure('The password is empty: nothing was changed.');
  if (Buffer.byteLength(password + pepper) > longestForApache)
    throw new CommandFailure(
      `The password has more than ${longestForApache} bytes, and bcrypt would not read the rest: nothing was changed.`,
    );
  return password + pepper;
}

const dayMs = 86_400_000;

function lastDay(when: string, nowMs: number): string {
  const days = /^(\d{1,4})d$/.exec(when)?.[1];
  const day = days === undefined ? when : isoDay(nowMs + Number(days) * dayMs);
  const start = startOfDay(day);
  if (start === undefined)
    throw new CommandFailure('--expires takes a day like 2026-12-31, or days like 30d.', exitCodes.misused);
  if (start * 1000 + dayMs <= nowMs)
    throw new CommandFailure(`${when} is over: --expires takes a day to come.`, exitCodes.misused);
  return day;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
