import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A file could not be read as text. */
export class TextFileError extends Error {
  /** Absolute. */
  readonly path: string;
  /** What is wrong with it, as `is a folder`. */
  readonly problem: string;
  /** What to do, where the problem alone says it. */
  readonly remedy: string | undefined;

  constructor(path: string, problem: string, remedy?: string) {
    const absolute = resolve(path);
    super(`${absolute} ${problem}${remedy === undefined ? '' : `: ${remedy}`}`);
    this.path = absolute;
    this.problem = problem;
    this.remedy = remedy;
  }
}

const mostBytes = 100 * 1024 * 1024;

/** The text of a file. Throws a `TextFileError`. */
export function readTextFile(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return decodeText(bytes, path);
}

/**
 * The text of a file that has these bytes: UTF-8, without a byte order mark, lines ending in LF. Throws a `TextFileError`
 * that names another encoding: letters that are read wrongly would be shown to users, or keep them out.
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  if (bytes.length > mostBytes) throw new TextFileError(path, 'has more than 100 MB');
  if (isUtf16(bytes)) throw new TextFileError(path, 'is UTF-16', 'save it as UTF-8');
  if (!isUtf8(bytes))
    throw new TextFileError(path, 'is not UTF-8, but perhaps Latin-1 or Windows-1252', 'save it as UTF-8');
  return new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n');
}

/** By its byte order mark, or by the zero bytes that are half of every ASCII text. */
function isUtf16([first = 0, second = 0, third = 1, fourth = 1]: Uint8Array): boolean {
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return hasMark || (first === 0 && third === 0) || (second === 0 && fourth === 0);
}

function unreadable(path: string, cause: unknown): TextFileError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new TextFileError(path, problemOf[code] ?? `can’t be read (${code})`);
}

const problemOf: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'can’t be read by this process, for lack of permission',
};
