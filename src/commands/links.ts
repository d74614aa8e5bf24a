import { Command } from 'commander';
import { linksListCommand } from './links-list.ts';
import { linksPruneCommand } from './links-prune.ts';
import { linksRevokeCommand } from './links-revoke.ts';

export function linksCommand(): Command {
  return new Command('links')
    .description('Who has linked which skill: list and revoke.')
    .addCommand(linksListCommand())
    .addCommand(linksRevokeCommand())
    .addCommand(linksPruneCommand());
}
