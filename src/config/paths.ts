import { resolve } from 'node:path';
import { readTextFile, TextFileError } from '../text-file.ts';
import type { AddProblem } from './problem.ts';

/** The absolute path in `sqlite:data/links.db`, `sqlite:/var/links.db` or `sqlite:///var/links.db`. */
export function pathOf(scheme: string, value: string): string | undefined {
  if (!value.toLowerCase().startsWith(`${scheme}:`)) return undefined;
  const path = value.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, '');
  if (path === ':memory:') return path;
  // `sqlite://data/links.db` looks like a relative path, and would be none.
  return path === '' || path.startsWith('//') ? undefined : resolve(path);
}

/** The text of a file that a setting names; a problem with a remedy, and nothing, where it can't be read. */
export function fileOf(path: string, remedy: string, addProblem: AddProblem): string | undefined {
  try {
    return readTextFile(path);
  } catch (error) {
    if (!(error instanceof TextFileError)) throw error;
    addProblem(`names ${error.path}, which ${error.problem}`, { remedy: error.remedy ?? remedy });
    return undefined;
  }
}

export function pemFile(path: string, addProblem: AddProblem): string {
  return fileOf(path, 'name a PEM file', addProblem) ?? '';
}
