import { Command } from 'commander';
import { migrateStorage } from '../adapters.ts';
import { nameOfStorage } from '../config/storage-location.ts';
import { readConfig } from './configuration.ts';
import { example } from './example.ts';
import { print } from './terminal.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description(
      'Make or upgrade what STORAGE needs. SQL databases are upgraded at each start of the server too.',
    )
    .addHelpText('after', example('migrate', "STORAGE='dynamodb:alexa-links?region=eu-west-1' "))
    .action(async () => {
      const { storage } = readConfig();
      await migrateStorage(storage);
      print(`Ready: ${nameOfStorage(storage)}`);
    });
}
