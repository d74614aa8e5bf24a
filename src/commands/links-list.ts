import { Command } from 'commander';
import type { Link } from '../storage/stores.ts';
import { describeLink, now, parseDays, type Selection, selectLinks, withStorage } from './link-selection.ts';
import { print, printTable } from './terminal.ts';

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
    .addHelpText('after', '\nExample:\n  alexa-link links list --user alice')
    .action((options: Options) =>
      withStorage(async ({ links }) => {
        const { json, ...selection } = options;
        const rows: string[][] = [];
        for await (const link of selectLinks(links, selection)) {
          const described = describeLink(link, now());
          if (json) print(JSON.stringify(described));
          else rows.push(cellsOf(described, link));
        }
        if (json) return;
        if (rows.length === 0) print('No link.');
        else printTable([['LINK', 'CLIENT', 'SUBJECT', 'USERNAME', 'SINCE', 'LAST USED', 'STATE'], ...rows]);
      }),
    );
}

function cellsOf({ state, created_at, last_used_at }: ReturnType<typeof describeLink>, link: Link): string[] {
  const { id, clientId, subject, username } = link;
  const day = (instant: string | undefined) => instant?.slice(0, 10) ?? 'never';
  return [id, clientId, subject, username, day(created_at), day(last_used_at), state];
}
