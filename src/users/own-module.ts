import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pLimit from 'p-limit';
import { hashThreads, parsePasswordHash } from '../passwords/password-hash.ts';
import type { Report } from '../telemetry/events.ts';
import type { UserStore as OwnUserStore, UserStoreOptions } from './create-user-store.ts';
import { createPasswordCheck } from './password-check.ts';
import { parseProfile } from './user-answer.ts';
import { inTime, type Profile, type UserStore } from './user-store.ts';

/** What the operator’s module exports. */
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
  const loaded = await inTime(import(location));
  // CommonJS has everything under `default`, and only what Node.js recognizes beside it.
  const create: unknown = loaded[exported] ?? loaded.default?.[exported];
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
