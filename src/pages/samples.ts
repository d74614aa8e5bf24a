import { regions } from '../alexa/redirect-uris.ts';
import { grants, shapes } from '../alexa/simulator.ts';
import type { Messages } from './messages.ts';
import type { AlertData, ViewData } from './view-data.ts';

/** What a page gets in a rehearsal, and what it has to make of it, or it is of no use. */
interface Sample<Name extends keyof ViewData> {
  readonly data: ViewData[Name];
  /** What people have to be told, each by its name in `it`. */
  readonly says?: Readonly<Record<string, string>>;
  /** What has to be in one form that is sent by post: fields with their values, and buttons by name and value. */
  readonly form?: {
    readonly fields: Readonly<Record<string, string>>;
    readonly buttons: readonly (readonly [name: string, value: string])[];
  };
}

export type Samples = { readonly [Name in keyof ViewData]: (messages: Messages) => readonly Sample<Name>[] };

/** Every value that people see ends so: where it is printed as it is, or without quotes, it becomes part of the page. */
export const hostile = `T <i>"&'`;

export const sampleLogo = 'https://example.com/logo.png';
const mark = { logoUri: sampleLogo, letter: hostile };
const reference = 'K7QM-2R9X';
const check = { requirement: hostile, met: true, found: hostile };
const error = { advice: hostile, said: `Said ${hostile}` };
const toldOfError = { 'it.said': error.said };

const alerts: readonly AlertData[] = [
  { text: `Refused ${hostile}`, said: hostile, refused: true, focus: 'password' },
  { text: `Limited ${hostile}`, said: hostile, refused: false, focus: 'alert' },
  { text: `Ended ${hostile}`, said: hostile, refused: false, focus: 'username' },
];

/** For each page, as little as it may get, as much, and what is between where that is another way through the template. */
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
    const link = { href: 'https://example.com', text: hostile };
    const fields = { reference, username: '', password: '' };
    const [one, two] = [`One ${hostile}`, `Two ${hostile}`];
    return [
      { data: least, form: { fields, buttons: [] } },
      {
        data: { ...least, mark, shared: { lead: hostile, items: [one] }, cancel: hostile, links: [link] },
        says: { 'it.shared.items': one },
        form: { fields, buttons: [['action', 'cancel']] },
      },
      ...alerts.map((alert) => ({
        data: {
          ...least,
          mark: { logoUri: undefined, letter: hostile },
          shared: { lead: hostile, items: [one, two] },
          cancel: hostile,
          links: [link, link],
          username: hostile,
          alert,
        },
        says: { 'it.alert.text': alert.text, 'it.shared.items': one, 'it.shared.items, all': two },
        form: {
          fields: { ...fields, username: hostile },
          buttons: [['action', 'cancel']] as const,
        },
      })),
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
      all: 'all-1',
      linked: [],
      more: undefined,
    };
    const link = (id: string) => ({
      id,
      name: hostile,
      details: [[{ text: hostile }, { text: hostile, iso: '2026-05-01' }], [{ text: hostile }]],
      unlink: hostile,
    });
    const fields = { reference, ticket: 'the-ticket' };
    const done = { 'it.done': least.done };
    const buttons = [
      ['link', 'one'],
      ['link', 'two'],
      ['link', 'all-1'],
    ] as const;
    return [
      { data: least, says: done },
      {
        data: { ...least, mark: undefined, linked: [link('one')] },
        says: done,
        form: { fields, buttons: buttons.slice(0, 1) },
      },
      {
        data: { ...least, done: undefined, linked: [link('one'), link('two')], more: hostile },
        form: { fields, buttons },
      },
    ];
  },
  error: () => [
    { data: { mark, ...error }, says: toldOfError },
    { data: { mark: undefined, ...error }, says: toldOfError },
  ],
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
