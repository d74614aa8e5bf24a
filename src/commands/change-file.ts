import { closeSync, existsSync, lstatSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { readTextFile } from '../text-file.ts';
import { CommandFailure } from './command.ts';

/**
 * Replaces a file's text, all of it or nothing; owner and permissions stay, and a new file is for its owner alone. Two
 * commands can't lose each other's change: the second is refused. What `change` throws leaves the file as it was.
 */
export function changeFile(given: string, change: (text: string) => string): void {
  const isThere = existsSync(given);
  if (!isThere && lstatSync(given, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new CommandFailure(`${given} is a link to a file that does not exist: nothing was changed.`);
  if (isThere && !statSync(given).isFile())
    throw new CommandFailure(`${given} is no regular file: nothing was changed.`);
  // Two names of one file share the lock.
  const path = isThere ? realpathSync(given) : given;
  const lock = `${path}.lock`;
  try {
    closeSync(openSync(lock, 'wx'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandFailure(`Another command is changing ${path}: ${lock} exists. If none is, remove that.`);
  }
  try {
    const text = existsSync(path) ? readTextFile(path) : undefined;
    writeFileAtomic.sync(path, change(text ?? ''), text === undefined ? { mode: 0o600 } : {});
  } finally {
    rmSync(lock);
  }
}
