/*
 * pages: what users see: templates, words and colours, put together into pages. It knows no request and no Express;
 * http chooses the language and sends what is made here.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { Language } from '../alexa/languages.ts';
import { readTextFile } from '../text-file.ts';
import type { Messages } from './localization.ts';

/** What the layout around every page gets, and with it each template. */
export interface LayoutData {
  readonly language: Language;
  readonly direction: 'ltr' | 'rtl';
  readonly title: string;
  /** All styles of the page: browsers apply no others. */
  readonly css: string;
  /** Whose page it is: a picture, or else a letter. Absent where many skills are at this server and the page is for all. */
  readonly mark?: { readonly logoUri: string | undefined; readonly letter: string } | undefined;
}

/** Why the page is shown again. */
export interface AlertData {
  readonly text: string;
  /** The reference as a user reads it out. */
  readonly said: string;
  /** Whether what was entered is wrong. */
  readonly refused: boolean;
  /** Where the user goes on. */
  readonly focus: 'username' | 'password' | 'alert';
}

/** What each template in `views/` gets. docs/pages.md has the same for those who write their own. */
export interface ViewData {
  readonly 'sign-in': {
    readonly intro: string;
    readonly notAmazon: string;
    /** What the skill gets, each in a few words; with it the words before them. */
    readonly shared: { readonly lead: string; readonly items: readonly string[] } | undefined;
    readonly text: Pick<Messages['signIn'], 'username' | 'password'>;
    readonly submit: string;
    /** Absent where there is nothing to go back to. */
    readonly cancel: string | undefined;
    readonly links: readonly { readonly href: string; readonly text: string }[];
    /** Goes into a hidden field of this name. */
    readonly reference: string;
    readonly username: string;
    readonly alert: AlertData | undefined;
  };
  readonly links: {
    readonly text: Pick<Messages['ownLinks'], 'none' | 'unlink' | 'unlinkAll' | 'finish'>;
    readonly signedInAs: string;
    /** What was just unlinked. */
    readonly done: string | undefined;
    readonly reference: string;
    /** Goes into a hidden field of this name. */
    readonly ticket: string;
    /** The value of the button that unlinks all, beside one for each link with its id. */
    readonly all: string;
    readonly linked: readonly {
      readonly id: string;
      readonly name: string;
      /** A line each: words with a day in them, in pieces; `iso` is how machines write that day. */
      readonly details: readonly (readonly { readonly text: string; readonly iso?: string }[])[];
      /** The button's name for screen readers. */
      readonly unlink: string;
    }[];
    /** Says that older ones are left out, where there are very many. */
    readonly more: string | undefined;
  };
  readonly error: { readonly advice: string; readonly said: string };
}

const ours = fileURLToPath(new URL('../../views', import.meta.url));

export type Templates = ReturnType<typeof createTemplates<ViewData>>;

/**
 * The templates and style sheets of `views/`, each compiled when it is first rendered. Files in `folder` take the place of those with
 * the same name. `Data` is what each template gets.
 */
export function createTemplates<Data = ViewData>(folder?: string) {
  /** The path of a file of `views/`, or of the operator's in its place. */
  const pathOf = (file: string) => {
    const own = join(folder ?? ours, file);
    return existsSync(own) ? own : join(ours, file);
  };
  // With `debug`, an error says the line of the template.
  const eta = new Eta({ cache: true, debug: true, autoFilter: true, filterFunction: printable });
  eta.resolvePath = (name) => pathOf(`${name}.eta`);
  eta.readFile = readTextFile;
  return {
    pathOf,
    /** Renders a template; the type checks what it is given. */
    render: <Name extends keyof Data & string>(name: Name, data: Data[Name] & LayoutData): string =>
      eta.render(name, data),
    /** Throws a `TextFileError`, or an error of Eta's that says what is wrong. */
    compile: (name: string) => void eta.compile(readTextFile(pathOf(`${name}.eta`))),
    /** A style sheet as it goes into a page. */
    stylesheet: (name: string) => minify(readTextFile(pathOf(`${name}.css`))),
  };
}

/** Throws where a template prints what is not there: its name was mistyped. */
function printable(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new TypeError(`prints ${value === null ? 'null' : typeof value}: docs/pages.md lists what there is`);
}

/** Removes comments and the spaces around lines, so that a page stays small. */
function minify(css: string): string {
  return css
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}
