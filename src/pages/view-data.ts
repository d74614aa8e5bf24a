import type { Check } from '../alexa/checks.ts';
import type { Language } from '../alexa/languages.ts';
import type { regions } from '../alexa/redirect-uris.ts';
import type { grants, SimulatedGrant, shapes } from '../alexa/simulator.ts';
import type { Messages } from './messages.ts';

/** What the layout around every page gets, and with it each template. */
export interface LayoutData {
  readonly language: Language;
  readonly direction: 'ltr' | 'rtl';
  readonly title: string;
  /** The whole of the styles: no others are allowed to apply. */
  readonly css: string;
}

/** Whose page it is: a picture, or else a letter. */
export interface Mark {
  readonly logoUri: string | undefined;
  readonly letter: string;
}

/** Why the page is shown again. */
export interface AlertData {
  readonly text: string;
  /** The reference as a person reads it out. */
  readonly said: string;
  /** Whether what was entered is wrong. */
  readonly refused: boolean;
  /** Where the person goes on. */
  readonly focus: 'username' | 'password' | 'alert';
}

/** What each template in `views/` gets. docs/pages.md has the same for those who write their own. */
export interface ViewData {
  readonly 'sign-in': {
    /** Absent where many skills are at this server and the page is for all. */
    readonly mark: Mark | undefined;
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
    readonly mark: Mark | undefined;
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
      /** The button's name for who does not see what it stands beside. */
      readonly unlink: string;
    }[];
    /** Says that older ones are left out, where there are very many. */
    readonly more: string | undefined;
  };
  readonly error: { readonly mark: Mark | undefined; readonly advice: string; readonly said: string };
  readonly simulator: {
    readonly clients: readonly { readonly clientId: string; readonly name: string }[];
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
