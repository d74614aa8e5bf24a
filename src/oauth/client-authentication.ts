import type { Link } from '../storage/stores.ts';
import { authenticateClient, type Client, type ClientCredentials, type Clients } from './client.ts';
import { OAuthError } from './oauth-error.ts';

export interface ClientAuthenticationOptions {
  readonly clients: Clients;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/**
 * Authenticates a client as `authenticateClient` does, and limits how often its secret can be guessed. `findLink` looks up
 * the link of the token or code in the same request, and is called only while somebody guesses.
 */
export type ClientAuthentication = (
  presented: readonly ClientCredentials[],
  findLink: () => Promise<Link | undefined>,
) => Promise<Client>;

/** Wrong secrets that are allowed an hour, in this process: for a client, and then for each of its links. */
const allowed = { client: 100, link: 10 };
const windowSeconds = 3600;

interface Guesses {
  readonly until: number;
  count: number;
  /** By the id of the link. */
  readonly ofLinks: Map<string, number>;
}

/**
 * After many wrong secrets for a client, one is only looked at where the request has a code or token that is the client's
 * own: Alexa's requests have one, and whoever guesses has none, or few. So nobody can keep Alexa out by guessing, and no
 * address counts, since Alexa's are shared.
 */
export function createClientAuthentication(options: ClientAuthenticationOptions): ClientAuthentication {
  const { clients, now } = options;
  const guesses = new Map<Client, Guesses>();

  function guessesAt(client: Client): Guesses | undefined {
    const found = guesses.get(client);
    if (found === undefined || found.until > now()) return found;
    guesses.delete(client);
    return undefined;
  }

  function count(client: Client, link: Link | undefined): void {
    const found = guessesAt(client) ?? { until: now() + windowSeconds, count: 0, ofLinks: new Map() };
    guesses.set(client, found);
    if (link === undefined) found.count += 1;
    else found.ofLinks.set(link.id, (found.ofLinks.get(link.id) ?? 0) + 1);
  }

  return async (presented, findLink) => {
    const client = presented.map(({ clientId }) => clients.get(clientId)).find((each) => each !== undefined);
    const made = client && guessesAt(client);
    let link: Link | undefined;
    if (made !== undefined && made.count >= allowed.client) {
      link = await findLink();
      const isOwn = link !== undefined && link.clientId === client?.clientId;
      if (!isOwn || (made.ofLinks.get(link?.id ?? '') ?? 0) >= allowed.link)
        throw new OAuthError(
          'temporarily_unavailable',
          'Too many wrong client secrets came. Try again later.',
          `many wrong secrets for ${client?.clientId}, so only requests with a code or token of its own are looked at`,
          made.until - now(),
        );
    }
    try {
      return authenticateClient(clients, presented);
    } catch (error) {
      if (client !== undefined) count(client, link);
      throw error;
    }
  };
}
