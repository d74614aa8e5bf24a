/*
 * http: the only folder that knows Express. One file an endpoint; what an endpoint decides is oauth's, how it is
 * asked and answered is here. It is handed stores and never names an implementation.
 */
import { readFileSync } from 'node:fs';
import { Eta } from 'eta';
import type { Check } from '../alexa/checks.ts';
import type { regions } from '../alexa/redirect-uris.ts';
import type { grants, SimulatedGrant, shapes } from '../alexa/simulator.ts';
import type { Client } from '../oauth/client.ts';

/** What each template in `views/` gets, beside the `title` and `css` that the layout needs. */
interface ViewData {
  readonly 'sign-in': {
    readonly logoUri: string | undefined;
    readonly intro: string;
    readonly text: Readonly<Record<string, string>>;
    readonly submit: string;
    /** Absent where there is nothing to go back to. */
    readonly cancel: string | undefined;
    readonly links: readonly { readonly href: string; readonly text: string }[];
    readonly reference: string;
    readonly username: string;
    readonly alert: string | undefined;
    /** The reference as a person reads it, where there is something to report. */
    readonly said: string | undefined;
  };
  readonly links: {
    readonly text: Readonly<Record<string, string>>;
    readonly signedInAs: string;
    /** What was just unlinked. */
    readonly done: string | undefined;
    readonly reference: string;
    readonly ticket: string;
    readonly linked: readonly {
      readonly id: string;
      readonly name: string;
      /** A line each: words, and a day with how machines write it. */
      readonly details: readonly {
        readonly before: string;
        readonly iso?: string;
        readonly date?: string;
      }[];
      /** The button's name for who does not see what it stands beside. */
      readonly unlink: string;
    }[];
    /** How many are left out, where there are very many. */
    readonly more: string | undefined;
  };
  readonly error: { readonly advice: string; readonly said: string };
  readonly simulator: {
    readonly clients: readonly Client[];
    readonly grants: typeof grants;
    /** The one that is chosen at first. */
    readonly firstGrant: SimulatedGrant;
    readonly regions: typeof regions;
    readonly shapes: typeof shapes;
    readonly demoUser: string | undefined;
  };
  readonly 'simulator-return': { readonly script: string };
  readonly 'simulator-code': {
    readonly checks: readonly Check[];
    readonly clientId: string;
    readonly pkce: boolean;
    /** The address that the browser was sent back to. */
    readonly href: string;
    /** The client secret, where it is the demo's. */
    readonly secret: string | undefined;
    readonly authenticationSchemes: Readonly<Record<string, string>>;
  };
  readonly 'simulator-verdict': {
    readonly checks: readonly Check[];
    readonly regionName: string | undefined;
    readonly realRedirectUri: string | undefined;
    readonly userinfo: string | undefined;
    readonly skillRequest: string | undefined;
  };
}

/** Renders a template of `views/`, everything in it escaped; the type checks what it is given. */
export type Render = <Name extends keyof ViewData>(
  name: Name,
  data: ViewData[Name] & { readonly title: string; readonly css: string },
) => string;

const names = [
  'sign-in',
  'links',
  'error',
  'simulator',
  'simulator-return',
  'simulator-code',
  'simulator-verdict',
] as const satisfies readonly (keyof ViewData)[];

/** Those that others are made of. */
const parts = ['layout', 'simulator-checks'];

/** Reads and compiles every template once, so that a broken one fails at start and none is read for a request. */
export function createViews(): Render {
  const eta = new Eta();
  for (const name of [...parts, ...names]) eta.loadTemplate(`@${name}`, eta.compile(readView(`${name}.eta`)));
  return (name, data) => eta.render(`@${name}`, { lang: 'en', ...data });
}

/** The text of a file in `views/`. */
export function readView(file: string): string {
  return readFileSync(new URL(`../../views/${file}`, import.meta.url), 'utf8');
}
