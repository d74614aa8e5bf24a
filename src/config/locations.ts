import type { AddProblem } from './problem.ts';
import { type ReadFile, whyUnreadable } from './variables.ts';

/** `sqlite:data/links.db`, `sqlite:/var/links.db` and `sqlite:///var/links.db` name a path. */
export function pathOf(scheme: string, value: string): string | undefined {
  if (!value.startsWith(`${scheme}:`)) return undefined;
  const path = value.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, '');
  return path === '' ? undefined : path;
}

/** The text of a file that a setting names; a problem with a remedy, and nothing, where it can't be read. */
export function fileOf(
  where: string,
  path: string,
  remedy: string,
  readFile: ReadFile,
  addProblem: AddProblem,
): string | undefined {
  try {
    return readFile(path);
  } catch (cause) {
    addProblem(where, `names ${path}, ${whyUnreadable(cause)}: ${remedy}`);
    return undefined;
  }
}
