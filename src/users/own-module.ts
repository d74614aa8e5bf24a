import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pLimit from 'p-limit';
import { hashThreads, parsePasswordHash } from '../passwords/password-hash.ts';
import type { Report } from '../telemetry/events.ts';
import { createPasswordCheck } from './password-check.ts';
import { parseProfile } from './user-answer.ts';
import { inTime, type Profile, type UserStore } from './user-store.ts';

/** What the operator's `createUserStore` is called with. */
interface UserStoreOptions {
  /**
   * Whether a password is that of a stored hash, in any format that the server knows; without a stored hash, and for
   * one that can't be used, it is not, after the same time.
   */
  verifyPassword(username: string, stored: string | null | undefined, password: string): Promise<boolean>;
}

/** What it gives back: as `UserStore`, with less to write. */
interface OwnUserStore {
  authenticate(username: string, password: string): Promise<OwnUser | undefined>;
  findById?(id: string): Promise<OwnUser | undefined>;
  ping?(): Promise<void>;
  close?(): Promise<void>;
}

/** The function that the module exports. */
export type CreateUserStore = (options: UserStoreOptions) => OwnUserStore | Promise<OwnUserStore>;

/** As somebody else's code has them; checked before it is used. */
interface OwnUser {
  readonly id: string | number;
  readonly username?: string | null;
  readonly name?: string | null;
  readonly email?: string | null;
}

const exported = 'createUserStore';
/**
 * Users behind a module of the operator's: a path from the working directory, or a package. Rejects at first when it
 * can't be loaded, or gives something else than a user store. A call that takes over 5 seconds rejects.
 */
export async function createOwnUsers(options: {
  readonly module: string;
  readonly report: Report;
}): Promise<UserStore> {
  const { module, report } = options;
  const location = /^(\.{0,2}\/|[A-Za-z]:)/.test(module) ? pathToFileURL(resolve(module)).href : module;
  const { [exported]: create } = (await inTime(import(location))) as Record<string, unknown>;
  if (typeof create !== 'function') throw new Error(`it exports no function ${exported}`);
  const store = checked(await inTime(Promise.resolve(create(createOptions(report)))));

  return {
    async authenticate(username, password) {
      const answer = await inTime(Promise.try(() => store.authenticate(username, password)));
      return asProfile(answer) ?? { refused: 'refused_by_module' };
    },
    findById:
      store.findById && (async (id) => asProfile(await inTime(Promise.try(() => store.findById?.(id))))),
    ping: async () => inTime(Promise.try(() => store.ping?.())),
    close: async () => inTime(Promise.try(() => store.close?.())),
  };
}

function asProfile(answer: unknown): Profile | undefined {
  return answer === undefined || answer === null ? undefined : parseProfile(answer);
}

function checked(store: unknown): OwnUserStore {
  const { authenticate, ...optional } = Object(store) as Record<string, unknown>;
  const others = [optional['findById'], optional['ping'], optional['close']];
  if (
    typeof authenticate !== 'function' ||
    others.some((each) => each !== undefined && typeof each !== 'function')
  )
    throw new Error(
      `${exported} must give back an object with a function authenticate, and perhaps findById, ping and close`,
    );
  return store as OwnUserStore;
}

function createOptions(report: Report): UserStoreOptions {
  const check = createPasswordCheck();
  const oneOfFew = pLimit(hashThreads);
  return {
    verifyPassword(_username, stored, password) {
      const parsed = stored ? parsePasswordHash(stored) : undefined;
      if (parsed !== undefined && 'problem' in parsed)
        report('users.hash_unusable', { problem: parsed.problem });
      const hash = parsed && 'hash' in parsed ? parsed.hash : undefined;
      return oneOfFew(() => check(hash, password));
    },
  };
}
