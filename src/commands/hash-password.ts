import { Command } from 'commander';
import { hashPassword } from '../crypto/password-hash.ts';
import { CommandFailure } from './command-failure.ts';
import { example } from './example.ts';
import { print, readPassword } from './terminal.ts';

export function hashPasswordCommand(): Command {
  return new Command('hash-password')
    .description('Print the argon2id hash of a password, for a database or a module of yours.')
    .addHelpText('after', example('hash-password < password.txt'))
    .action(async () => {
      const password = await readPassword();
      if (password === '') throw new CommandFailure('The password is empty.');
      print(await hashPassword(password));
    });
}
