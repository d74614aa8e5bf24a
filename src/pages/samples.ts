import { regions } from '../alexa/redirect-uris.ts';
import { grants, shapes } from '../alexa/simulator.ts';
import type { Messages } from './messages.ts';
import type { ViewData } from './view-data.ts';

/** What a page gets in a rehearsal, and what it has to have in it then, or it is of no use. */
interface Sample<Name extends keyof ViewData> {
  readonly data: ViewData[Name];
  /** Each with what to say where it is missing. */
  readonly needed?: Readonly<Record<string, string>>;
}

export type Samples = { readonly [Name in keyof ViewData]: (messages: Messages) => readonly Sample<Name>[] };

/** Every value that people see ends so: where it is printed as it is, it could be part of the page. */
export const hostile = `T<i>"&'`;
const printed = 'T&lt;i';

export const sampleLogo = 'https://example.com/logo.png';
const mark = { logoUri: sampleLogo, letter: hostile };
const reference = 'K7QM-2R9X';

const form = {
  'method="post"': '<form method="post">',
  [`value="${reference}"`]: 'the hidden field with it.reference',
};
const signInForm = {
  ...form,
  'name="username"': 'the field with name="username"',
  'name="password"': 'the field with name="password"',
  '<button': 'the button that sends the form',
};
const check = { requirement: hostile, met: true, found: hostile };
const error = { advice: hostile, said: hostile };

/** For each page, as little as it may get and as much. */
export const samples: Samples = {
  'sign-in': ({ signIn: { username, password } }) => {
    const least = {
      mark: undefined,
      intro: hostile,
      notAmazon: hostile,
      shared: undefined,
      text: { username, password },
      submit: hostile,
      cancel: undefined,
      links: [],
      reference,
      username: '',
      alert: undefined,
    };
    const most = {
      ...least,
      mark,
      shared: { lead: hostile, items: [`One ${hostile}`, `Two ${hostile}`] },
      cancel: hostile,
      links: [{ href: 'https://example.com', text: hostile }],
      username: hostile,
      alert: { text: `Alert ${hostile}`, said: hostile, refused: true, focus: 'password' as const },
    };
    return [
      { data: least, needed: signInForm },
      {
        data: most,
        needed: {
          ...signInForm,
          'value="cancel"': 'the button with name="action" and value="cancel"',
          [`Alert ${printed}`]: 'it.alert.text, so that nobody would know why the page comes again',
          [`Two ${printed}`]: 'some of it.shared.items, so that nobody would know what is shared',
        },
      },
    ];
  },
  links: ({ ownLinks: { none, unlink, unlinkAll, finish } }) => {
    const least = {
      mark,
      text: { none, unlink, unlinkAll, finish },
      signedInAs: hostile,
      done: `Done ${hostile}`,
      reference,
      ticket: 'the-ticket',
      linked: [],
      more: undefined,
    };
    const link = {
      id: 'the-link',
      name: hostile,
      details: [[{ text: hostile }, { text: hostile, iso: '2026-05-01' }]],
      unlink: hostile,
    };
    const needed = {
      ...form,
      'value="the-ticket"': 'the hidden field with it.ticket',
      'value="the-link"': 'a button for each link, with its id',
    };
    return [
      {
        data: least,
        needed: { [`Done ${printed}`]: 'it.done, so that nobody would know what was unlinked' },
      },
      { data: { ...least, mark: undefined, done: undefined, linked: [link, link], more: hostile }, needed },
    ];
  },
  error: () => [{ data: { mark, ...error } }, { data: { mark: undefined, ...error } }],
  simulator: () => [
    {
      data: {
        clients: [{ clientId: 'a', name: 'A' }],
        grants,
        firstGrant: 'token',
        regions,
        shapes,
        demoUser: 'demo',
      },
    },
  ],
  'simulator-return': () => [{ data: { script: '' } }],
  'simulator-code': () => [
    {
      data: {
        checks: [check],
        clientId: 'a',
        pkce: true,
        href: 'x',
        secret: 'x',
        authenticationSchemes: { basic: 'Basic' },
      },
    },
  ],
  'simulator-verdict': () => [
    {
      data: {
        checks: [check],
        regionName: 'x',
        realRedirectUri: 'x',
        userinfo: 'x',
        skillRequest: 'x',
      },
    },
  ],
};
