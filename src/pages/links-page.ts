import { type Region, regions } from '../alexa/redirect-uris.ts';
import type { Client } from '../oauth/client.ts';
import { mostShown } from '../oauth/own-links.ts';
import type { Link } from '../storage/stores.ts';
import { textsFor } from './branding.ts';
import type { Words } from './localization.ts';

/** A user's links, and what lets them change those. */
export interface OwnLinksView {
  readonly username: string;
  readonly links: readonly Link[];
  /** Those that were just unlinked. */
  readonly unlinked: readonly Link[];
  readonly ticket: string;
  /** The value of the button that unlinks all of them. */
  readonly all: string;
  readonly reference: string;
}

/** What the template gets. */
export function describeLinks(
  words: Words,
  clients: readonly Client[],
  { username, links, unlinked, ...view }: OwnLinksView,
) {
  const { language, messages, fill, list, number } = words;
  const { title, none, unlink, unlinkAll, finish, ...text } = messages.ownLinks;
  const names = new Map(clients.map((client) => [client.clientId, textsFor(client, language).clientName]));
  const nameOf = ({ clientId }: Link) => names.get(clientId) ?? clientId;
  const ended = [...new Set(unlinked.map(nameOf))];
  return {
    ...view,
    title,
    text: { none, unlink, unlinkAll, finish },
    signedInAs: fill(text.signedInAs, { username }),
    done: ended.length === 0 ? undefined : fill(text.unlinked, { clients: list(ended) }),
    linked: links.slice(0, mostShown).map((link) => describeLink(link, nameOf(link), words)),
    more: links.length > mostShown ? fill(text.more, { count: number(mostShown) }) : undefined,
  };
}

function describeLink({ id, createdAt, lastUsedAt, redirectHost }: Link, name: string, words: Words) {
  const { messages, fill, day } = words;
  const { since, used, unused, unlinkOne } = messages.ownLinks;
  const region = regionOf(redirectHost);
  return {
    id,
    name,
    details: [
      dated(since, day(createdAt)),
      lastUsedAt === undefined ? [{ text: unused }] : dated(used, day(lastUsedAt)),
      ...(region === undefined ? [] : [[{ text: messages.regions[region] }]]),
    ],
    unlink: fill(unlinkOne, { client: name, date: day(createdAt).date }),
  };
}

/** A message with a day in it, in pieces: what is before it, the day, what is after it. */
function dated(message: string, { date, iso }: ReturnType<Words['day']>) {
  const [before = '', after = ''] = message.split('{date}');
  return [{ text: before }, { text: date, iso }, { text: after }].filter((piece) => piece.text !== '');
}

function regionOf(redirectHost: string): Region | undefined {
  const all = Object.entries(regions) as [Region, (typeof regions)[Region]][];
  return all.find(([, { host }]) => host === redirectHost)?.[0];
}
