import { buildConnector, Pool } from 'undici';
import { parseProfile } from './user-answer.ts';
import { deadlineSeconds, UnreachableError, type UserStore } from './user-store.ts';

export interface HttpUsersOptions {
  /** The operator's endpoint. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** At most so many; ten unless given. */
  readonly connections?: number;
}

/** "No": wrong password, unknown, not allowed, not well-formed. */
const refusals = [400, 401, 403, 404, 422];

/** A gateway in front of the endpoint could not reach it. */
const unreachable = [502, 503, 504];

const longestAnswer = 16 * 1024;

/**
 * Users behind the operator's own endpoint, asked by POST with `{username, password}`; 200 with `{id, name?, email?}`
 * signs in. No redirects, 16 KB.
 */
export function createHttpUsers({ url, token, connections = 10 }: HttpUsersOptions): UserStore {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { connections, maxResponseSize: longestAnswer });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'alexa-account-linking',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };

  return {
    async authenticate(username, password) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: pathname + search,
        headers,
        body: JSON.stringify({ username, password }),
        signal: AbortSignal.timeout(deadlineSeconds * 1000),
      });
      if (statusCode === 200) return parseProfile(parseJson(await body.text()));
      await body.dump();
      if (refusals.includes(statusCode)) return { refused: `status_${statusCode}` };
      const problem = `the endpoint answered ${statusCode}, which is neither 200 nor ${refusals.join(', ')}`;
      throw unreachable.includes(statusCode) ? new UnreachableError(problem) : new Error(problem);
    },
    ping: () => connectTo(new URL(url)),
    close: () => pool.destroy(),
  };
}

/** Connects, with TLS where it is used, and hangs up: a request could be more than the endpoint expects. */
async function connectTo({ protocol, host, hostname, port }: URL): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const connect = buildConnector({ timeout: deadlineSeconds * 1000 });
  connect({ protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port }, (error, socket) => {
    socket?.destroy();
    if (error === null) resolve();
    else reject(error);
  });
  await promise;
}

/** The parser's own message would repeat some of the answer. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the endpoint answered 200 with something else than JSON');
  }
}
