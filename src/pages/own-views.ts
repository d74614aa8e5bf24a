import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { type Language, languages } from '../alexa/languages.ts';
import { readTextFile, TextFileError } from '../text-file.ts';
import { type Messages, messagesOf, placeholdersOf } from './messages.ts';
import { createViews, type OwnFiles, type Views, viewFiles } from './views.ts';

/** An operator's own view is broken; the message is the file, and what is wrong and how to mend it. */
export class ViewsError extends Error {
  constructor(file: string, problem: string) {
    super(`${file} ${problem}`);
    this.name = 'ViewsError';
  }
}

/**
 * Our views, with files of a folder in the place of those that have the same name. Rejects with a `ViewsError` for what can't be
 * read, compiled or rendered.
 */
export async function openViews(folder: string | undefined): Promise<Views> {
  if (folder === undefined) return createViews();
  const own = readOwnFiles(folder);
  const { rehearse } = await import('./rehearsal.ts');
  rehearse(createViews(own, printable), (files, problem) => {
    const suspects = files.filter((file) => own.texts.has(file));
    throw new ViewsError(join(folder, suspects.join(' or ')), problem);
  });
  return createViews(own);
}

/** A value that is printed. Throws where it is none: a name in a template was mistyped. */
function printable(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`prints ${value === null ? 'null' : typeof value}: see docs/pages.md for what there is`);
}

const allFiles = [...viewFiles, ...[...languages].sort().map((language) => `locales/${language}.json`)].join(
  ', ',
);

function readOwnFiles(folder: string): OwnFiles {
  const at = stateOf(folder);
  if (at === undefined) throw new ViewsError(folder, 'does not exist: give the path of a folder');
  if (!at.isDirectory()) throw new ViewsError(folder, 'is a file: give the path of the folder that it is in');
  const found = globSync('{*.eta,*.css,locales/*.json}', { cwd: folder })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  if (found.length === 0) throw new ViewsError(folder, `has none of the pages’ files: ${allFiles}`);
  const texts = new Map<string, string>();
  const messages = new Map<Language, Messages>();
  for (const file of found) {
    const path = join(folder, file);
    const language = languages.find((known) => file === `locales/${known}.json`);
    if (language !== undefined) messages.set(language, readMessages(path, language));
    else if (!viewFiles.includes(file))
      throw new ViewsError(path, `is none of the pages’ files: those are ${allFiles}`);
    else texts.set(file, file.endsWith('.eta') ? compilable(path) : read(path));
  }
  return { texts, messages };
}

function stateOf(folder: string) {
  try {
    return statSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw new ViewsError(folder, `can’t be read: ${error instanceof Error ? error.message : error}`);
  }
}

function read(path: string): string {
  try {
    return readTextFile(path);
  } catch (error) {
    if (!(error instanceof TextFileError)) throw error;
    throw new ViewsError(
      path,
      error.remedy === undefined ? error.problem : `${error.problem}: ${error.remedy}`,
    );
  }
}

/** The text of a template that Eta can compile. */
function compilable(path: string): string {
  const text = read(path);
  try {
    new Eta().compile(text);
    return text;
  } catch (error) {
    throw new ViewsError(path, `can’t be compiled: look for a missing %> or <% } %>. ${firstLines(error)}`);
  }
}

/** What Eta says, without the code that it made of the template. */
function firstLines(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^===.*/ms, '')
    .trim()
    .replace(/:?\n\n/g, ': ');
}

/** Our messages, but for those that the file has. */
function readMessages(path: string, language: Language): Messages {
  const text = read(path);
  let own: unknown;
  try {
    own = JSON.parse(text);
  } catch (error) {
    const [position] = /line \d+ column \d+/.exec(String(error)) ?? [];
    const place = position === undefined ? '' : ` (${position})`;
    throw new ViewsError(path, `is not JSON${place}: look for a quote or comma that is missing or too many`);
  }
  return merge(messagesOf[language], own, [], path) as Messages;
}

function merge(ours: unknown, own: unknown, place: readonly string[], path: string): unknown {
  const name = place.join('.');
  if (typeof ours === 'string') {
    if (typeof own !== 'string' || own.trim() === '') throw new ViewsError(path, `must have text at ${name}`);
    const foreign = placeholdersOf(own).find((each) => !placeholdersOf(ours).includes(each));
    if (foreign !== undefined)
      throw new ViewsError(path, `has {${foreign}} at ${name}, which nobody fills in: ours is “${ours}”`);
    return own;
  }
  if (typeof own !== 'object' || own === null || Array.isArray(own))
    throw new ViewsError(path, `must have an object in { and }${name === '' ? '' : ` at ${name}`}`);
  const known = ours as Readonly<Record<string, unknown>>;
  const merged: Record<string, unknown> = { ...known };
  for (const [key, value] of Object.entries(own)) {
    if (!Object.hasOwn(known, key))
      throw new ViewsError(
        path,
        `has ${[...place, key].join('.')}, which is no message: there are ${Object.keys(known).join(', ')}`,
      );
    merged[key] = merge(known[key], value, [...place, key], path);
  }
  return merged;
}
