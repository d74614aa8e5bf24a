import type { AddProblem } from './problem.ts';
import { type ReadFile, whyUnreadable } from './variables.ts';

/** Which user store, and what it needs to find the users. */
export interface UsersLocation {
  readonly scheme: 'file';
  readonly path: string;
}

/** Which storage engine, and where it keeps links. */
export interface StorageLocation {
  readonly scheme: 'sqlite';
  readonly path: string;
}

export function parseUsers(value: string, readFile: ReadFile, addProblem: AddProblem): UsersLocation {
  const path = pathOf('file', value);
  if (path === undefined) {
    addProblem('USERS', 'must begin with file:, like file:users.htpasswd');
    return { scheme: 'file', path: '' };
  }
  try {
    readFile(path);
  } catch (cause) {
    const remedy = `name a file that can be read, or make one with "htpasswd -B -C 12 -c FILE NAME"`;
    addProblem('USERS', `names ${path}, ${whyUnreadable(cause)}: ${remedy}`);
  }
  return Object.freeze({ scheme: 'file', path });
}

export function parseStorage(value: string, production: boolean, addProblem: AddProblem): StorageLocation {
  const path = pathOf('sqlite', value);
  if (path === undefined) addProblem('STORAGE', 'must begin with sqlite:, like sqlite:data/links.db');
  if (production && path === ':memory:') {
    addProblem('STORAGE', 'must be a file in production, since a restart would unlink everybody');
  }
  return Object.freeze({ scheme: 'sqlite', path: path ?? '' });
}

/** `sqlite:data/links.db`, `sqlite:/var/links.db` and `sqlite:///var/links.db` name a path. */
function pathOf(scheme: string, value: string): string | undefined {
  if (!value.startsWith(`${scheme}:`)) return undefined;
  const path = value.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, '');
  return path === '' ? undefined : path;
}
