import { readFile, stat } from 'node:fs/promises';
import type { Report } from '../telemetry/events.ts';
import { decodeText } from '../text-file.ts';
import { parseHtpasswd } from './htpasswd.ts';
import { createPasswordList } from './password-list.ts';
import { UnreachableError, type UserStore } from './user-store.ts';

export interface HtpasswdFileOptions {
  readonly path: string;
  /** What an application appends to passwords before bcrypt. */
  readonly pepper?: string | undefined;
  readonly report: Report;
}

/** How long `findById` may answer from what it read before it looks at the file again. */
const recheckMs = 1000;

/** How long a file must have been left alone before somebody who is not in it counts as gone. */
const settlingSeconds = 1;

/**
 * Users from a file in Apache's htpasswd format, read again whenever it has changed. A sign-in looks at the file
 * each time, and rejects when it can't be read; `findById` then holds on to the last known answer.
 * Rejects when the file can't be read at first.
 */
export async function createHtpasswdFile(options: HtpasswdFileOptions): Promise<UserStore> {
  const { path, pepper, report } = options;
  let text = '';
  let list = createPasswordList(new Map());
  // As last read when nobody had just written to it: tools write the file in place, and for a moment it is empty.
  let settled: typeof list | undefined;
  let seen: string | undefined;
  let seenAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(path);
    const current = `${mtimeMs} ${size} ${ino}`;
    if (current !== seen) load(decodeText(await readFile(path), path));
    // A file that was just written may be so again within the same tick of its clock.
    const rests = Math.abs(Date.now() - mtimeMs) >= settlingSeconds * 1000;
    if (rests || settled === undefined) settled = list;
    seen = rests ? current : undefined;
    seenAt = performance.now();
  }

  function load(content: string): void {
    if (content === text && settled !== undefined) return;
    const { users, expiresAt, damaged } = parseHtpasswd(content, pepper);
    const hasExpired = (username: string) =>
      Date.now() >= (expiresAt.get(username) ?? Number.POSITIVE_INFINITY) * 1000;
    text = content;
    list = createPasswordList(users, hasExpired);
    report('users.loaded', { users: users.size, skipped: damaged.length });
    for (const { line, problem } of damaged) report('users.line_skipped', { line, problem });
    for (const { weakness } of users.values())
      if (weakness !== undefined) report('users.weak_hash', { format: weakness });
  }

  // Requests that arrive together share one look at the file.
  function refreshOnce(): Promise<void> {
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  await refreshOnce();

  return {
    async authenticate(username, password) {
      await refreshOnce().catch((cause) => {
        throw new UnreachableError('the file of users can’t be read', { cause });
      });
      return list.authenticate(username, password);
    },
    async findById(id) {
      if (performance.now() - seenAt >= recheckMs) {
        await refreshOnce().catch((err) => report('users.unavailable', { err }));
      }
      // Who was just added is in the newer list, and who was there a moment ago still in the older one.
      return (await list.findById(id)) ?? settled?.findById(id);
    },
    ping: refreshOnce,
    async close() {},
  };
}
