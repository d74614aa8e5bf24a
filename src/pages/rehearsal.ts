import { regions } from '../alexa/redirect-uris.ts';
import { grants, shapes } from '../alexa/simulator.ts';
import type { LayoutData, ViewData } from './view-data.ts';
import type { Views } from './views.ts';

/** Tells what is wrong with a page that these files make up. Never gives anything back. */
type Problem = (files: readonly string[], problem: string) => never;

/** What a page gets, and what it has to have in it then, or its form is of no use. */
interface Sample<Name extends keyof ViewData> {
  readonly data: ViewData[Name];
  readonly needed?: Readonly<Record<string, string>>;
}

/** Renders each page once with all that it may get, and once with as little, so that what is broken fails at start. */
export function rehearse(views: Views, problem: Problem): void {
  const css = views.stylesheet('styles');
  const layout: LayoutData = { language: 'en', direction: 'ltr', title: 'Title', css };
  for (const name of Object.keys(samples) as (keyof ViewData)[]) {
    const files = [`${name}.eta`, 'layout.eta', 'mark.eta', 'simulator-checks.eta'];
    for (const { data, needed = {} } of samplesOf(name, views)) {
      const html = rendered(
        () => views.render(name, { ...data, ...layout }),
        (why) => problem(files, why),
      );
      for (const [part, what] of Object.entries(needed))
        if (!html.includes(part)) problem(files, `leaves out ${what}`);
      if (!name.startsWith('simulator')) checkPolicy(html, css, (why) => problem(files, why));
    }
  }
}

function rendered(render: () => string, problem: (why: string) => never): string {
  try {
    return render();
  } catch (error) {
    return problem(`can’t be rendered: ${error instanceof Error ? error.message.trim() : error}`);
  }
}

/** What the content security policy of the pages would keep from working, silently. */
function checkPolicy(html: string, css: string, problem: (why: string) => never): void {
  if (!html.includes(`<style>${css}</style>`) || html.split(/<\/?style\b/i).length !== 3)
    problem(
      'must have <style><%~ it.css %></style> and no other styles, which would not apply: yours go into styles.css',
    );
  const blocked = /<(script|link|iframe|object)\b|\s(style|on\w+)=/i.exec(html)?.[0];
  if (blocked !== undefined)
    problem(`has “${blocked.trim()}”, which browsers may not use on these pages: take it out`);
}

const reference = 'K7QM-2R9X';
const mark = { logoUri: 'https://example.com/logo.png', letter: 'C' };
const form = {
  'method="post"': '<form method="post">',
  [`value="${reference}"`]: 'the hidden field with it.reference',
};
const credentials = {
  ...form,
  'name="username"': 'the field with name="username"',
  'name="password"': 'the field with name="password"',
};
const check = { requirement: 'A requirement', met: true, found: 'what was found' };

function samplesOf<Name extends keyof ViewData>(name: Name, views: Views): readonly Sample<Name>[] {
  const make = samples[name] as (texts: Texts) => readonly Sample<Name>[];
  const { signIn, ownLinks } = views.words('en').messages;
  return make({ signIn, ownLinks });
}

interface Texts {
  readonly signIn: ViewData['sign-in']['text'];
  readonly ownLinks: ViewData['links']['text'];
}

const samples: { readonly [Name in keyof ViewData]: (texts: Texts) => readonly Sample<Name>[] } = {
  'sign-in': ({ signIn }) => {
    const least = {
      mark: undefined,
      intro: 'Intro',
      notAmazon: 'Not Amazon',
      shared: undefined,
      text: signIn,
      submit: 'Sign in',
      cancel: undefined,
      links: [],
      reference,
      username: '',
      alert: undefined,
    };
    const most = {
      ...least,
      mark,
      shared: { lead: 'Shared', items: ['One', 'Two'] },
      cancel: 'Cancel',
      links: [{ href: 'https://example.com', text: 'Help' }],
      username: 'alice',
      alert: { text: 'Alert', said: 'Reference', refused: true, focus: 'password' as const },
    };
    return [
      { data: least, needed: credentials },
      {
        data: most,
        needed: { ...credentials, 'value="cancel"': 'the button with name="action" and value="cancel"' },
      },
    ];
  },
  links: ({ ownLinks: text }) => {
    const none = {
      mark,
      text,
      signedInAs: 'alice',
      done: 'Unlinked',
      reference,
      ticket: 'ticket',
      linked: [],
      more: undefined,
    };
    const link = {
      id: 'link-id',
      name: 'Cloud Lights',
      details: [[{ text: 'Linked on ' }, { text: '1 May', iso: '2026-05-01' }]],
      unlink: 'Unlink Cloud Lights',
    };
    const needed = {
      ...form,
      'value="ticket"': 'the hidden field with it.ticket',
      'value="link-id"': 'a button for each link, with its id',
    };
    return [
      { data: none },
      { data: { ...none, mark: undefined, done: undefined, linked: [link, link], more: '2 more' }, needed },
    ];
  },
  error: () => [
    { data: { mark, advice: 'Advice', said: 'Reference' } },
    { data: { mark: undefined, advice: 'Advice', said: 'Reference' } },
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
    { data: { checks: [check], regionName: 'x', realRedirectUri: 'x', userinfo: 'x', skillRequest: 'x' } },
  ],
};
