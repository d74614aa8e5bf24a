import { sha256 } from '../crypto/digest.ts';
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

/** Different wrong secrets that are allowed an hour, in this process: for a client, and then from each person. */
const allowed = { client: 100, person: 10 };
const windowSeconds = 3600;

/** Digests of wrong secrets. The same one again is no guess: somebody has yet to change it where it is used. */
interface Guesses {
  readonly until: number;
  readonly wrong: Set<string>;
  readonly bySubject: Map<string, Set<string>>;
}

/** Tells what was presented from anything else that would be tried: header and body are read differently. */
function digestOf(presented: readonly ClientCredentials[]): string {
  return sha256(JSON.stringify(presented.map(({ clientSecret }) => clientSecret)));
}

/**
 * After many wrong secrets for a client, one is only looked at where the request has a code or token of somebody
 * who linked this client: Alexa's requests have one, and whoever guesses has only their own. So nobody can keep Alexa out by
 * guessing, and no address counts, since Alexa's are shared.
 */
export function createClientAuthentication(options: ClientAuthenticationOptions): ClientAuthentication {
  const { clients, now } = options;
  const guesses = new Map<Client, Guesses>();

  /** `undefined` where nobody guesses. */
  function guessesAt(client: Client): Guesses | undefined {
    const found = guesses.get(client);
    if (found === undefined || found.until > now()) return found;
    guesses.delete(client);
    return undefined;
  }

  function count(client: Client, secret: string, subject: string | undefined): void {
    const { until, wrong, bySubject } = guessesAt(client) ?? {
      until: now() + windowSeconds,
      wrong: new Set(),
      bySubject: new Map(),
    };
    guesses.set(client, { until, wrong, bySubject });
    if (wrong.has(secret)) return;
    if (subject === undefined) wrong.add(secret);
    else bySubject.set(subject, (bySubject.get(subject) ?? new Set()).add(secret));
  }

  /** Who vouches for a request while somebody guesses, by the token or code in it; throws where nobody does. */
  async function voucherOf(
    client: Client,
    { until, wrong, bySubject }: Guesses,
    secret: string,
    findLink: () => Promise<Link | undefined>,
  ): Promise<string> {
    const link = await findLink();
    const isOwn = link !== undefined && link.clientId === client.clientId;
    const theirs = isOwn ? bySubject.get(link.subject) : undefined;
    const isNoGuess = wrong.has(secret) || theirs?.has(secret);
    if (isOwn && (isNoGuess || (theirs?.size ?? 0) < allowed.person)) return link.subject;
    const [of, without] = isOwn
      ? [' of this person', 'those of others']
      : ['', 'those with a code or token of its own'];
    throw new OAuthError(
      'temporarily_unavailable',
      'Too many wrong client secrets came. Try again later.',
      `too many wrong secrets for ${client.clientId}: requests${of} are not looked at until an hour after the first, or a restart, but ${without} are`,
      { retryAfterSeconds: until - now() },
    );
  }

  return async (presented, findLink) => {
    const client = presented.map(({ clientId }) => clients.get(clientId)).find((each) => each !== undefined);
    if (client === undefined) return authenticateClient(clients, presented);
    const made = guessesAt(client);
    const mustVouch = made !== undefined && made.wrong.size >= allowed.client;
    const subject = mustVouch ? await voucherOf(client, made, digestOf(presented), findLink) : undefined;
    try {
      return authenticateClient(clients, presented);
    } catch (error) {
      count(client, digestOf(presented), subject);
      throw error;
    }
  };
}
