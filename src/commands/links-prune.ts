import { Command } from 'commander';
import { CommandFailure } from './command-failure.ts';
import { readConfig } from './configuration.ts';
import { example } from './example.ts';
import { changeLinks, now, parseDays, selectLinks, withStorage } from './link-selection.ts';
import { print } from './terminal.ts';

interface Options {
  readonly unusedDays: number;
  readonly client?: string;
  readonly jwtToo?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

export function linksPruneCommand(): Command {
  return new Command('prune')
    .description('Revoke links that nobody uses any more.')
    .requiredOption('--unused-days <n>', 'neither made nor used for so many days', parseDays)
    .option('--client <id>', 'only of this client_id')
    .option(
      '--jwt-too',
      'also with ACCESS_TOKEN_FORMAT=jwt, where a skill may check tokens without asking here',
    )
    .option('--dry-run', 'only say how many it would be')
    .option('--json', 'print a JSON object a line for each link')
    .addHelpText('after', example('links prune --unused-days 400 --dry-run'))
    .action(async ({ unusedDays, client, jwtToo, dryRun, json }: Options) => {
      if (readConfig().accessTokenFormat === 'jwt' && !jwtToo)
        throw new CommandFailure(
          'ACCESS_TOKEN_FORMAT is jwt: a skill that checks tokens by itself leaves no trace of use here, and those links ' +
            'would be revoked too. If your skills ask this server, add --jwt-too.',
        );
      const found = await withStorage(({ links }) =>
        changeLinks({
          links: selectLinks(links, { client, unusedDays }),
          change: (id) => links.revoke(id, now()),
          done: 'revoked',
          dryRun,
          json,
        }),
      );
      if (found === 0 && !json) print('No link was unused for so long.');
    });
}
