import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { now } from '../clock.ts';
import { hashPasswordForApache, longestForApache } from '../passwords/password-hash.ts';
import { readTextFile } from '../text-file.ts';
import { parseHtpasswd, startOfDay, usernameOf } from '../users/htpasswd.ts';
import { changeFile } from './change-file.ts';
import { CommandFailure, example, exitCodes, readUsersFile, withStorage } from './command.ts';
import { changeLinks, selectLinks } from './link-selection.ts';
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
    .description('Add a user, or give one a new password. It is asked for, or read from standard input.')
    .argument('<username>')
    .option(
      '--expires <when>',
      'the last day, as 2026-12-31 or in days from now, as 30d: for a reviewer’s account; or never',
    )
    .addHelpText('after', example('users add reviewer --expires 30d', 'USERS=file:users.htpasswd '))
    .action(async (given: string, { expires }: { expires?: string }) => {
      const { path, pepper } = readUsersFile();
      const username = checkedName(given);
      const expiry = expires === undefined ? undefined : expiryLines(expires, username);
      const hash = await hashPasswordForApache(checkedPassword(await readPassword(), pepper));
      let said = '';
      changeFile(path, (text) => {
        const { others, removed } = withoutUser(text, username);
        // Without --expires the last day stays.
        const kept = removed.filter((line) => line.startsWith('#'));
        const added = [...(expiry ?? kept), `${username}:${hash}`].map((line) => `${line}\n`).join('');
        const verb = removed.length === 0 ? 'was added' : 'has a new password';
        said = `${username} ${verb}${sayEnd(parseHtpasswd(added).expiresAt.get(username))}.`;
        return others + added;
      });
      print(said);
    });
}

function sayEnd(end: number | undefined): string {
  if (end === undefined) return '';
  return end > now()
    ? `, and can sign in until the end of ${lastDayBefore(end)} (UTC)`
    : ', but can’t sign in, since the last day is over: give another with --expires';
}

function removeCommand(): Command {
  return new Command('remove')
    .description('Remove a user. The user’s tokens stop working within a minute.')
    .argument('<username>')
    .option('--unlink', 'also revoke the user’s links, in what STORAGE names')
    .addHelpText('after', example('users remove reviewer', 'USERS=file:users.htpasswd '))
    .action(async (given: string, { unlink }: { unlink?: true }) => {
      const { path, hasStorage } = readUsersFile();
      const username = given.trim().normalize('NFC');
      const quoted = /^[\w.@-]+$/.test(username) ? username : `'${username.replaceAll("'", "'\\''")}'`;
      const revoke = `"alexa-link links revoke --subject ${quoted}"`;
      const isThere = existsSync(path) && withoutUser(readTextFile(path), username).removed.length > 0;
      const absent = `There is no ${username} in ${path}. To end links of an earlier one, use ${revoke}.`;
      function remove(): void {
        if (!isThere) return;
        changeFile(path, (text) => withoutUser(text, username).others);
        print(`${username} was removed.`);
      }
      if (unlink)
        await withStorage(async ({ links }) => {
          remove();
          const change = (id: string) => links.revoke(id, now());
          const selected = selectLinks(links, { subject: username });
          // Also where an earlier call was interrupted after the user was removed.
          const found = await changeLinks(selected, { change, done: 'revoked' });
          if (!isThere && found === 0) throw new CommandFailure(absent, exitCodes.nothingFound);
        });
      else if (!isThere) throw new CommandFailure(absent, exitCodes.nothingFound);
      else {
        remove();
        print(
          `The tokens of ${username} stop working within a minute. They would work again for whoever gets this name next: ` +
            `end the links with ${revoke}${hasStorage ? ', and next time use --unlink' : ' and the server’s STORAGE'}.`,
        );
      }
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('List all users, with the last day of those that have one.')
    .option('--json', 'print a JSON object a line')
    .addHelpText('after', example('users list', 'USERS=file:users.htpasswd '))
    .action(({ json }: { json?: true }) => {
      const { path: file } = readUsersFile();
      if (!existsSync(file)) throw new CommandFailure(`There is no ${file} yet: add a user first.`);
      const { users, expiresAt, damaged } = parseHtpasswd(readTextFile(file));
      const rows = [...users.keys()].map((username) => {
        const end = expiresAt.get(username);
        const until = end === undefined ? null : lastDayBefore(end);
        return { username, until, expired: end !== undefined && Date.now() >= end * 1000 };
      });
      if (json) for (const row of rows) print(JSON.stringify(row));
      else if (rows.length === 0) print(`No user is in ${file}.`);
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
function withoutUser(text: string, username: string) {
  const lines = text.split('\n');
  const removed = lines.filter((line) => usernameOf(line) === username);
  const whole = lines.filter((line) => !removed.includes(line)).join('\n');
  return { others: whole.replace(/([^\n])$/, '$1\n'), removed };
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

/** The comment that says the last day; none for `never`. */
function expiryLines(when: string, username: string): readonly string[] {
  if (when === 'never') return [];
  const days = /^(\d{1,4})d$/.exec(when)?.[1];
  const day = days === undefined ? when : isoDay(Date.now() + Number(days) * dayMs);
  const start = startOfDay(day);
  if (start === undefined)
    throw new CommandFailure(
      '--expires takes a day like 2026-12-31, days like 30d, or never.',
      exitCodes.misused,
    );
  if (start * 1000 + dayMs <= Date.now())
    throw new CommandFailure(`${when} is over: --expires takes a day to come.`, exitCodes.misused);
  return [`#expires ${day} ${username}`];
}

function lastDayBefore(end: number): string {
  return isoDay((end - 1) * 1000);
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
