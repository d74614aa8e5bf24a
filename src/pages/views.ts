import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, languages } from '../alexa/languages.ts';
import { readTextFile, TextFileError } from '../text-file.ts';
import { type Messages, messagesOf, placeholdersOf } from './localization.ts';
import { createTemplates, type LayoutData, type Templates, type ViewData } from './templates.ts';

/** All that pages are made of. */
export type Views = ReturnType<typeof openViews>;

/** The files of `views/` that an operator's own may stand in for. */
export const viewFiles: readonly string[] = [
  ...['layout.eta', 'mark.eta', 'sign-in.eta', 'links.eta', 'error.eta', 'styles.css'],
  ...[...languages].sort().map((language) => `locales/${language}.json`),
];

/**
 * Opens our views, with the files of a folder in the place of ours. Compiles each template and renders each page once in
 * each language. Throws a `TextFileError` for what can't be used, with the file and, where Eta knows it, the line.
 */
export function openViews(folder?: string) {
  const templates = createTemplates(folder);
  const found = folder === undefined ? [] : findFiles(folder);
  const messages = { ...messagesOf };
  for (const language of languages) {
    const file = `locales/${language}.json`;
    if (found.includes(file)) messages[language] = readMessages(templates.pathOf(file), language);
  }
  const stylesheet = templates.stylesheet('styles');
  tryTemplates(templates, stylesheet);
  return { render: templates.render, stylesheet, messages };
}

function findFiles(folder: string): string[] {
  const found = globSync('{*.eta,*.css,**/*.json}', { cwd: folder }).map((file) =>
    file.replaceAll('\\', '/'),
  );
  const list = viewFiles.join(', ');
  if (found.length === 0)
    throw new TextFileError(folder, 'is no folder with files for the pages', `these can be in it: ${list}`);
  for (const file of found)
    if (!viewFiles.includes(file))
      throw new TextFileError(join(folder, file), 'is none of the pages’ files', `those are ${list}`);
  return found;
}

/** The fields that the server reads from a page's form. */
const fieldsOf = {
  'sign-in': ['reference', 'username', 'password', 'action'],
  links: ['reference', 'ticket', 'link'],
  error: [],
} satisfies Record<keyof ViewData, readonly string[]>;

function tryTemplates(templates: Templates, css: string): void {
  for (const file of viewFiles.filter((name) => name.endsWith('.eta')))
    orExplain(templates.pathOf(file), 'compiled', () => templates.compile(file.slice(0, -'.eta'.length)));
  for (const language of languages) {
    const layout = { language, direction: 'ltr', title: text, css, mark } as const;
    const tryPage = <Name extends keyof ViewData>(name: Name) => {
      const path = templates.pathOf(`${name}.eta`);
      const render = (absent?: (typeof least)[Name]) =>
        orExplain(path, 'rendered', () => templates.render(name, { ...layout, ...sample[name], ...absent }));
      const html = render();
      // As it is first shown, with as little as it may get.
      render(least[name]);
      checkForm(path, html, fieldsOf[name]);
    };
    for (const name of Object.keys(fieldsOf) as (keyof ViewData)[]) tryPage(name);
  }
}

function checkForm(path: string, html: string, fields: readonly string[]): void {
  const fail = (problem: string, remedy: string) => new TextFileError(path, problem, remedy);
  if (fields.length === 0) return;
  if (!/<form\b[^>]*\bmethod\s*=\s*["']?post\b/i.test(html))
    throw fail('leaves out method="post"', 'a form without it puts the password into the address');
  for (const field of fields)
    if (!new RegExp(`\\sname\\s*=\\s*(["']?)${field}\\1[\\s/>]`, 'i').test(html))
      throw fail(`leaves out name="${field}"`, 'the server reads it from the form');
  if (!html.includes(reference)) throw fail('changes it.reference', 'print it as it is');
}

function orExplain<Result>(path: string, done: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof TextFileError || !(error instanceof Error)) throw error;
    const { place = path, problem } = explain(error);
    const remedy = done === 'compiled' ? 'look for a missing %> or <% } %>' : undefined;
    throw new TextFileError(place, `can’t be ${done}: ${problem}`, remedy);
  }
}

/** Of an error of Eta's, the `file:line` and the reason, without the lines around and the code that it made. */
function explain(error: Error): { readonly place?: string; readonly problem: string } {
  const { cause, message } = error;
  // A template that another includes is the cause of that one's error.
  if (cause instanceof Error)
    return cause.cause instanceof Error
      ? explain(cause)
      : { place: message.split('\n')[0], problem: cause.message };
  return { problem: message.replace(/(:\n\n|\n=).*/s, '').replace('\n\n', ': ') };
}

const text = 'Text';
const reference = 'K7QM-2R9X';
const mark = { logoUri: 'https://example.com/logo.svg', letter: text };

/** What each page gets when it is tried: all that it may get. */
const sample: ViewData = {
  'sign-in': {
    intro: text,
    notAmazon: text,
    shared: { lead: text, items: [text, text] },
    text: { username: text, password: text },
    submit: text,
    cancel: text,
    links: [{ href: 'https://example.com', text }],
    reference,
    username: text,
    alert: { text, said: text, refused: true, focus: 'password' },
  },
  links: {
    text: { none: text, unlink: text, unlinkAll: text, finish: text },
    signedInAs: text,
    done: text,
    reference,
    ticket: 'ticket',
    all: 'all',
    linked: [{ id: 'one', name: text, details: [[{ text, iso: '2026-05-01' }, { text }]], unlink: text }],
    more: text,
  },
  error: { advice: text, said: text },
};

/** What of it may be absent. */
const least: { readonly [Name in keyof ViewData]: Partial<ViewData[Name] & LayoutData> } = {
  'sign-in': {
    mark: undefined,
    shared: undefined,
    cancel: undefined,
    links: [],
    username: '',
    alert: undefined,
  },
  links: { mark: { logoUri: undefined, letter: text }, done: undefined, linked: [], more: undefined },
  error: { mark: undefined },
};

/** Our messages, with those that the operator's file has in their place. */
function readMessages(path: string, language: Language): Messages {
  const text = readTextFile(path);
  try {
    return merge(messagesOf[language], JSON.parse(text), path, []) as Messages;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [position = 'its end'] = /line \d+ column \d+/.exec(error.message) ?? [];
    throw new TextFileError(
      path,
      `is not JSON at ${position}`,
      'look for a missing or an extra quote or comma',
    );
  }
}

function merge(ours: unknown, own: unknown, path: string, place: readonly string[]): unknown {
  const fail = (problem: string, remedy?: string) =>
    new TextFileError(path, `${problem} at ${place.join('.') || 'its top'}`, remedy);
  if (typeof ours === 'string') {
    if (typeof own !== 'string' || own.trim() === '') throw fail('must have text');
    const unknown = placeholdersOf(own).find((name) => !placeholdersOf(ours).includes(name));
    if (unknown !== undefined) throw fail(`has {${unknown}}`, `ours is “${ours}”`);
    return own;
  }
  if (typeof own !== 'object' || own === null || Array.isArray(own)) throw fail('must have an object');
  const known = new Map(Object.entries(Object(ours)));
  for (const [name, value] of Object.entries(own)) {
    if (!known.has(name)) throw fail(`has “${name}”`, `there are only ${[...known.keys()].join(', ')}`);
    known.set(name, merge(known.get(name), value, path, [...place, name]));
  }
  return Object.fromEntries(known);
}
