import messages from '../../views/locales/en.json' with { type: 'json' };
import { regions } from '../alexa/redirect-uris.ts';
import type { Client } from '../oauth/client.ts';
import type { Link } from '../storage/stores.ts';
import type { Page } from './answers.ts';
import { fill } from './messages.ts';
import { prepareSignInPage, type SignInForm } from './sign-in-page.ts';
import { createTheme } from './theme.ts';
import type { Render } from './views.ts';

/** A person's links, and what lets them change those. */
interface OwnLinksView {
  readonly username: string;
  readonly links: readonly Link[];
  /** Those that were just unlinked. */
  readonly unlinked: readonly Link[];
  readonly ticket: string;
  readonly reference: string;
}

export interface LinksPages {
  /** Where a person signs in to see their links. */
  linksSignIn(form: SignInForm): Page;
  links(view: OwnLinksView): Page;
}

/** A page of more would be for nobody; “Unlink all” is about those that are left out too. */
const mostShown = 100;

/** Said where the ticket is used up or too old. */
export const ticketEnded = messages.ownLinks.ended;

/** In the look of the one client, where there is only one: then the page is that service's. */
export function createLinksPages(render: Render, clients: readonly Client[]): LinksPages {
  const { ownLinks: text } = messages;
  const [only, ...others] = clients;
  const { brandColor, logoUri } = (others.length === 0 && only) || {};
  const theme = createTheme({ brandColor });
  const names = new Map(clients.map(({ clientId, clientName }) => [clientId, clientName]));
  const nameOf = ({ clientId }: Link) => names.get(clientId) ?? clientId;

  function describe(link: Link) {
    const { createdAt, lastUsedAt } = link;
    const region = Object.values(regions).find(({ host }) => host === link.redirectHost)?.name;
    const used =
      lastUsedAt === undefined ? { before: text.unused } : { before: text.used, ...day(lastUsedAt) };
    return {
      id: link.id,
      name: nameOf(link),
      details: [
        { before: text.since, ...day(createdAt) },
        used,
        ...(region === undefined ? [] : [{ before: fill(text.region, { region }) }]),
      ],
      unlink: fill(text.unlinkOne, { client: nameOf(link), date: day(createdAt).date }),
    };
  }

  return {
    linksSignIn: prepareSignInPage(render, {
      theme: createTheme({ brandColor, logoUri }),
      logoUri,
      title: text.title,
      intro: text.intro,
      submit: text.submit,
      links: [],
    }),
    links({ username, links, unlinked, ticket, reference }) {
      const clients = [...new Set(unlinked.map(nameOf))].join(', ');
      const html = render('links', {
        title: text.title,
        css: theme.css,
        text,
        signedInAs: fill(text.signedInAs, { username }),
        done: unlinked.length === 0 ? undefined : fill(text.unlinked, { clients }),
        reference,
        ticket,
        linked: links.slice(0, mostShown).map(describe),
        more:
          links.length <= mostShown
            ? undefined
            : fill(text.more, { count: String(links.length - mostShown) }),
      });
      return { html, contentSecurityPolicy: theme.contentSecurityPolicy };
    },
  };
}

/** Made when first needed: it takes its time, and there may be many days. */
let days: Intl.DateTimeFormat | undefined;

/** A day as people and as machines write it, in UTC. */
function day(seconds: number): { readonly date: string; readonly iso: string } {
  const instant = new Date(seconds * 1000);
  days ??= new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });
  return { date: days.format(instant), iso: instant.toISOString().slice(0, 10) };
}
