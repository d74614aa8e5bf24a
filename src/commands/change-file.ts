import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readTextFile, TextFileError } from '../text-file.ts';
import { CommandFailure } from './command-failure.ts';

/**
 * Puts a new text in the place of a file's, all of it or nothing, with the owner and the permissions that it had; where
 * there is no file, one is made for its owner alone. Only one such change is under way at a time. Throws a
 * `CommandFailure` where it can't be done; what `change` throws leaves the file as it was.
 */
export function changeFile(given: string, change: (text: string) => string): void {
  const isLink = lstatSync(given, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLink && !existsSync(given))
    throw new CommandFailure(`${given} is a link to what is not there: nothing was changed.`);
  const path = isLink ? realpathSync(given) : given;
  const next = `${path}.new`;
  try {
    closeSync(openSync(next, 'wx', 0o600));
  } catch (error) {
    throw new CommandFailure(whyNot(error, path, next));
  }
  try {
    writeFileSync(next, change(existsSync(path) ? textOf(path) : ''), { flush: true });
    if (existsSync(path)) {
      const { mode, uid, gid } = statSync(path);
      chmodSync(next, mode & 0o777);
      chownSync(next, uid, gid);
    }
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error instanceof CommandFailure ? error : new CommandFailure(whyNot(error, path, next));
  }
}

function textOf(path: string): string {
  try {
    return readTextFile(path);
  } catch (error) {
    if (!(error instanceof TextFileError)) throw error;
    throw new CommandFailure(`${error.message}. Nothing was changed.`);
  }
}

function whyNot(error: unknown, path: string, next: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST')
    return `${path} is being changed by another command: ${next} is there. If that is not so, remove ${next}.`;
  return `${path} can’t be written, and was left as it is: ${message}`;
}
