import { Pool } from 'undici';
import { deadlineSeconds } from './deadline.ts';
import { parseProfile } from './user-answer.ts';
import type { UserStore } from './user-store.ts';

export interface HttpUsersOptions {
  /** The operator's endpoint. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** At most so many; ten unless given. */
  readonly connections?: number;
}

/** "No": wrong password, not allowed, unknown. All else but 200 means that the endpoint can't answer. */
const refusals = [401, 403, 404];
const longestAnswer = 16 * 1024;

/**
 * Users behind the operator's own endpoint, asked by POST with `{username, password}`; 200 with `{id, name?, email?}`
 * signs in. No redirects, 16 KB. Rejects at first when the endpoint can't be reached, or lets
 * somebody without a name in.
 */
export async function createHttpUsers({
  url,
  token,
  connections = 10,
}: HttpUsersOptions): Promise<UserStore> {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { connections, maxResponseSize: longestAnswer });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'alexa-account-linking',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };

  /** The body of a 200, or nothing where the endpoint said no. */
  async function ask(username: string, password: string): Promise<string | undefined> {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: pathname + search,
      headers,
      body: JSON.stringify({ username, password }),
      signal: AbortSignal.timeout(deadlineSeconds * 1000),
    });
    if (statusCode === 200) return await body.text();
    await body.dump();
    if (refusals.includes(statusCode)) return undefined;
    throw new Error(`the endpoint answered ${statusCode}, which is neither 200 nor ${refusals.join(', ')}`);
  }

  /** Nobody's name and password: a no is what a working endpoint says, and some call it a bad request. */
  async function ping(): Promise<void> {
    const answer = await ask('', '').catch((error: unknown) => {
      if (!/answered (400|422),/.test(String(error))) throw error;
    });
    if (answer !== undefined) throw new Error('the endpoint answers 200 to an empty username and password');
  }

  try {
    await ping();
  } catch (error) {
    await pool.destroy();
    throw error;
  }

  return {
    async authenticate(username, password) {
      const answer = await ask(username, password);
      return answer === undefined ? undefined : parseProfile(parseJson(answer));
    },
    ping,
    close: () => pool.destroy(),
  };
}

/** The parser's own message would repeat some of the answer. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the endpoint answered 200 with something else than JSON');
  }
}
