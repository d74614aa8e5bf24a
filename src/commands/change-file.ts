import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { CommandFailure } from './command-failure.ts';

/**
 * Puts a new text in the place of a file's, all of it or nothing, with the owner and the permissions that it had; where
 * there is no file, one is made for its owner alone. Only one such change is under way at a time. Throws a
 * `CommandFailure` where it can't be done; what `change` throws leaves the file as it was.
 */
export function changeFile(given: string, change: (text: string) => string): void {
  const path = existsSync(given) ? realpathSync(given) : given;
  const next = `${path}.new`;
  try {
    closeSync(openSync(next, 'wx', 0o600));
  } catch (error) {
    throw new CommandFailure(whyNot(error, path, next));
  }
  try {
    writeFileSync(next, change(existsSync(path) ? readFileSync(path, 'utf8') : ''), { flush: true });
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

function whyNot(error: unknown, path: string, next: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST')
    return `${path} is being changed by another command: ${next} is there. If that is not so, remove ${next}.`;
  return `${path} can’t be written, and was left as it is: ${message}`;
}
