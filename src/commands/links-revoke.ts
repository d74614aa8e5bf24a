import { Command } from 'commander';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { example } from './example.ts';
import { changeLinks, now, selectLinks, withStorage } from './link-selection.ts';

interface Options {
  readonly user?: string;
  readonly client?: string;
  readonly link?: string[];
  readonly erase?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

export function linksRevokeCommand(): Command {
  return new Command('revoke')
    .description('Revoke links: their tokens are dead at once. With several options, all must hold.')
    .option('--user <user>', 'of this subject or username')
    .option('--client <id>', 'of this client_id')
    .option('--link <id...>', 'these, by their id')
    .option('--erase', 'take them out of the storage without a trace, also those that were over before')
    .option('--dry-run', 'only say which it would be')
    .option('--json', 'print a JSON object a line for each link')
    .addHelpText('after', example('links revoke --user alice --dry-run'))
    .action(async (options: Options) => {
      const { user, client, link, erase, dryRun, json } = options;
      if (user === undefined && client === undefined && link === undefined)
        throw new CommandFailure('Say which: --user, --client or --link.', exitCodes.misused);
      const done = erase ? 'erased' : 'revoked';
      const found = await withStorage(async ({ links, tickets }) => {
        if (erase && user !== undefined && !dryRun) await tickets.erase(user);
        return changeLinks({
          links: selectLinks(links, { user, client, link, all: erase }),
          change: (id) => (erase ? links.erase(id) : links.revoke(id, now())),
          done,
          dryRun,
          json,
        });
      });
      if (found === 0)
        throw new CommandFailure(`There was no such link to be ${done}.`, exitCodes.nothingFound);
    });
}
