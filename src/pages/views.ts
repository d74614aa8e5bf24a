/*
 * pages: what people see: templates, words and colours, put together into pages. It knows no request and no Express;
 * http chooses the language and sends what is made here.
 */
import { readFileSync } from 'node:fs';
import { Eta } from 'eta';
import { type Language, languages } from '../alexa/languages.ts';
import { createKeeper } from './keeper.ts';
import { type Messages, messagesOf } from './messages.ts';
import type { LayoutData, ViewData } from './view-data.ts';
import { createWords, type Words } from './words.ts';

/** Renders a template, everything in it escaped; the type checks what it is given. */
type Render = <Name extends keyof ViewData>(name: Name, data: ViewData[Name] & LayoutData) => string;

/** All that pages are made of, read and compiled once. */
export interface Views {
  readonly render: Render;
  /** A file of styles, as it goes into a page. */
  stylesheet(name: StylesheetName): string;
  words(language: Language): Words;
}

const templateNames = [
  'layout',
  'mark',
  'sign-in',
  'links',
  'error',
  'simulator',
  'simulator-checks',
  'simulator-return',
  'simulator-code',
  'simulator-verdict',
] as const;

const stylesheetNames = ['styles', 'simulator'] as const;

type StylesheetName = (typeof stylesheetNames)[number];

/** The files that views are read from, and that an operator's own may stand in for. */
export const viewFiles: readonly string[] = [
  ...templateNames.map((name) => `${name}.eta`),
  ...stylesheetNames.map((name) => `${name}.css`),
];

/** What an operator's own files say instead of ours, by the names in `viewFiles`; and words, by language. */
export interface OwnFiles {
  readonly texts: ReadonlyMap<string, string>;
  readonly messages: ReadonlyMap<Language, Messages>;
}

const none: OwnFiles = { texts: new Map(), messages: new Map() };

/**
 * Reads and compiles all views. Throws what Eta throws of a template that it can't compile. In a rehearsal, what is printed goes
 * through `onPrinted`, and errors tell the line.
 */
export function createViews(own: OwnFiles = none, onPrinted?: (value: unknown) => string): Views {
  const eta = new Eta(
    onPrinted === undefined ? {} : { autoFilter: true, filterFunction: onPrinted, debug: true },
  );
  const textOf = (file: string) => own.texts.get(file) ?? readOurs(file);
  for (const name of templateNames) eta.loadTemplate(`@${name}`, eta.compile(textOf(`${name}.eta`)));
  const stylesheets = new Map(stylesheetNames.map((name) => [name, minify(textOf(`${name}.css`))]));
  const keepWords = createKeeper<Words>(languages.length);
  return {
    render: (name, data) => eta.render(`@${name}`, data),
    stylesheet: (name) => stylesheets.get(name) ?? '',
    words: (language) =>
      keepWords(language, () => createWords(language, own.messages.get(language) ?? messagesOf[language])),
  };
}

function readOurs(file: string): string {
  return readFileSync(new URL(`../../views/${file}`, import.meta.url), 'utf8');
}

/** Takes out comments and the spaces that nobody needs; a line end stays where it may separate. */
function minify(css: string): string {
  return (
    css
      // As browsers read it, or its hash is another.
      .replace(/\r\n?/g, '\n')
      .replace(/\/\*.*?\*\//gs, '')
      .replace(/\s*\n\s*/g, '\n')
      .replace(/([{};,:])\n/g, '$1')
      .replace(/\n}/g, '}')
      .replace(/ \{/g, '{')
      .trim()
  );
}
