import { Command } from 'commander';
import { example } from './example.ts';
import { parseDays, printLinks, type Selection, selectLinks, withStorage } from './link-selection.ts';
import { print } from './terminal.ts';

interface Options extends Selection {
  readonly json?: true;
}

export function linksListCommand(): Command {
  return new Command('list')
    .description('List links; without --all, those that hold.')
    .option('--user <user>', 'of this subject or username')
    .option('--client <id>', 'of this client_id')
    .option('--link <id...>', 'these, by their id')
    .option('--unused-days <n>', 'neither made nor used for so many days', parseDays)
    .option('--all', 'also those that were revoked or have expired')
    .option('--json', 'print a JSON object a line')
    .addHelpText('after', example('links list --user alice'))
    .action((options: Options) =>
      withStorage(async ({ links }) => {
        const { json, ...selection } = options;
        const count = await printLinks(selectLinks(links, selection), json);
        if (count === 0 && !json) print('No link.');
      }),
    );
}
