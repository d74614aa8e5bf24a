import { Command } from 'commander';
import { migrateStorage } from '../adapters.ts';
import { nameOfStorage } from '../config/storage-location.ts';
import { readConfig } from './configuration.ts';
import { print } from './terminal.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description(
      'Make or upgrade what STORAGE needs. SQL databases are upgraded at each start of the server too.',
    )
    .addHelpText('after', "\nExample:\n  STORAGE='dynamodb:alexa-links?region=eu-west-1' alexa-link migrate")
    .action(async () => {
      const { storage } = readConfig();
      await migrateStorage(storage);
      print(`Ready: ${nameOfStorage(storage)}`);
    });
}
