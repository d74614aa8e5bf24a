import { type Region, regions } from '../alexa/redirect-uris.ts';
import type { Client } from '../oauth/client.ts';
import { mostShown } from '../oauth/own-links.ts';
import type { Link } from '../storage/stores.ts';
import { commonLook, textsFor } from './looks.ts';
import type { Page } from './page.ts';
import { prepareSignInPage, type SignInForm } from './sign-in-page.ts';
import { createTheme } from './theme.ts';
import type { Views } from './views.ts';
import type { Words } from './words.ts';

/** A person's links, and what lets them change those. */
interface OwnLinksView {
  readonly username: string;
  readonly links: readonly Link[];
  /** Those that were just unlinked. */
  readonly unlinked: readonly Link[];
  readonly ticket: string;
  /** What the button says to the server that unlinks all of them. */
  readonly all: string;
  readonly reference: string;
}

export interface LinksPages {
  /** Where a person signs in to see their links. */
  linksSignIn(form: SignInForm): Page;
  links(view: OwnLinksView): Page;
}

/** In the look of the one client, where there is only one: then the page is that service's. */
export function createLinksPages(views: Views, words: Words, clients: readonly Client[]): LinksPages {
  const { language, direction, messages, fill, day, list, number } = words;
  const { ownLinks: text } = messages;
  const { none, unlink, unlinkAll, finish } = text;
  const fixed = { none, unlink, unlinkAll, finish };
  const { mark, logoUri, brandColors } = commonLook(clients, words);
  const { css, contentSecurityPolicy } = createTheme(views, { brandColors, logoUri });
  const names = new Map(clients.map((client) => [client.clientId, textsFor(client, language).clientName]));
  const nameOf = ({ clientId }: Link) => names.get(clientId) ?? clientId;

  function describe(link: Link) {
    const { createdAt, lastUsedAt, redirectHost } = link;
    const region = regionOf(redirectHost);
    return {
      id: link.id,
      name: nameOf(link),
      details: [
        dated(text.since, createdAt),
        lastUsedAt === undefined ? [{ text: text.unused }] : dated(text.used, lastUsedAt),
        ...(region === undefined ? [] : [[{ text: messages.regions[region] }]]),
      ],
      unlink: fill(text.unlinkOne, { client: nameOf(link), date: day(createdAt).date }),
    };
  }

  /** A message with a day in it, in pieces: what is before it, the day, what is after it. */
  function dated(message: string, seconds: number) {
    const { date, iso } = day(seconds);
    const [before = '', after = ''] = message.split('{date}');
    return [{ text: before }, { text: date, iso }, { text: after }].filter((piece) => piece.text !== '');
  }

  return {
    linksSignIn: prepareSignInPage(views, words, {
      mark,
      brandColors,
      title: text.title,
      intro: text.intro,
      shared: undefined,
      submit: text.submit,
      cancel: undefined,
      links: [],
    }),
    links({ username, links, unlinked, ticket, all, reference }) {
      const html = views.render('links', {
        title: text.title,
        css,
        language,
        direction,
        mark,
        text: fixed,
        signedInAs: fill(text.signedInAs, { username }),
        done:
          unlinked.length === 0
            ? undefined
            : fill(text.unlinked, { clients: list([...new Set(unlinked.map(nameOf))]) }),
        reference,
        ticket,
        all,
        linked: links.slice(0, mostShown).map(describe),
        more: links.length > mostShown ? fill(text.more, { count: number(mostShown) }) : undefined,
      });
      return { html, language, contentSecurityPolicy };
    },
  };
}

function regionOf(redirectHost: string): Region | undefined {
  const all = Object.entries(regions) as [Region, (typeof regions)[Region]][];
  return all.find(([, { host }]) => host === redirectHost)?.[0];
}
