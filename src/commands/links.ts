import { Command, InvalidArgumentError } from 'commander';
import { now } from '../clock.ts';
import { CommandFailure, example, exitCodes, withStorage } from './command.ts';
import { exportCommand, importCommand } from './link-copies.ts';
import { changeLinks, printLinks, type Selection, sayLinks, selectLinks } from './link-selection.ts';
import { print } from './terminal.ts';

export function linksCommand(): Command {
  return new Command('links')
    .description('Who has linked which skill: list, revoke, and copy to another storage.')
    .addCommand(listCommand())
    .addCommand(revokeCommand())
    .addCommand(pruneCommand())
    .addCommand(exportCommand())
    .addCommand(importCommand());
}

/** The options that say which links are meant. */
function selecting(command: Command): Command {
  return command
    .option('--user <username>', 'of the user with this username')
    .option('--subject <id>', 'of the user with this id in your user store')
    .option('--client <id>', 'of this client_id')
    .option('--link <id...>', 'these, by their id')
    .option('--reference <reference>', 'of the sign-in with this reference')
    .option('--json', 'print a JSON object a line');
}

function listCommand(): Command {
  return selecting(new Command('list'))
    .description('List links that are not over; with several options, all must hold.')
    .option('--unused-days <n>', 'neither made nor used for this many days', wholeNumber)
    .option('--all', 'also those that were revoked or have expired')
    .option('--limit <n>', 'this many at most', wholeNumber)
    .addHelpText('after', example('links list --user alice'))
    .action(({ json = false, limit, ...selection }: Selection & { json?: boolean; limit?: number }) =>
      withStorage(async ({ links }) => {
        const { count, isAll } = await printLinks(selectLinks(links, selection), json, limit);
        if (!json) print(isAll ? `${sayLinks(count)}.` : `${sayLinks(count)}, and there are more.`);
      }),
    );
}

interface Change {
  readonly dryRun?: true;
  readonly json?: true;
}

function revokeCommand(): Command {
  return selecting(new Command('revoke'))
    .description('Revoke links: their tokens are dead at once. With several options, all must hold.')
    .option('--erase', 'delete them from the storage, also those that were over before')
    .option('--dry-run', 'only list them')
    .addHelpText('after', example('links revoke --user alice --dry-run'))
    .action(async ({ erase, dryRun, json, ...selection }: Selection & Change & { erase?: true }) => {
      if (Object.keys(selection).length === 0)
        throw new CommandFailure(
          'Say which: --user, --subject, --client, --link or --reference.',
          exitCodes.misused,
        );
      const done = erase ? 'erased' : 'revoked';
      const found = await withStorage(({ links }) =>
        changeLinks(selectLinks(links, { ...selection, all: erase }), {
          change: (id) => (erase ? links.erase(id) : links.revoke(id, now())),
          done,
          dryRun,
          json,
        }),
      );
      if (found === 0)
        throw new CommandFailure(`No link was found, so none was ${done}.`, exitCodes.nothingFound);
    });
}

function pruneCommand(): Command {
  return new Command('prune')
    .description('Revoke links that nobody uses any more.')
    .requiredOption('--unused-days <n>', 'neither made nor used for this many days', wholeNumber)
    .option('--client <id>', 'only of this client_id')
    .option(
      '--jwt-too',
      'also with ACCESS_TOKEN_FORMAT=jwt, where a skill may check tokens without asking here',
    )
    .option('--dry-run', 'only list them')
    .option('--json', 'print a JSON object a line')
    .addHelpText('after', example('links prune --unused-days 400 --dry-run'))
    .action(({ jwtToo, dryRun, json, ...selection }: Selection & Change & { jwtToo?: true }) =>
      withStorage(async ({ links }, { accessTokenFormat }) => {
        if (accessTokenFormat === 'jwt' && !jwtToo)
          throw new CommandFailure(
            'ACCESS_TOKEN_FORMAT is jwt: a skill that verifies tokens itself leaves no trace of use here, and its links ' +
              'would be revoked too. If your skills ask this server, add --jwt-too.',
          );
        const change = (id: string) => links.revoke(id, now());
        const selected = selectLinks(links, selection);
        const found = await changeLinks(selected, { change, done: 'revoked', dryRun, json });
        if (found === 0 && !json) print('No link was unused for so long.');
      }),
    );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It takes a whole number, from 1 on.');
  return Number(text);
}
