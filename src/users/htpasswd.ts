import { z } from 'zod';
import { type PasswordHash, parsePasswordHash } from '../passwords/password-hash.ts';

/**
 * Reads Apache's htpasswd format: `username:hash` a line, `#` comments and empty lines apart. One kind of comment says
 * more: `#expires 2026-12-31 username`, after which day (UTC) that user can't sign in.
 * A damaged line costs nobody but its own user; of two lines with one name the first counts, as in Apache. Problems repeat nothing of
 * a line. Lines count from 1. `expiresAt`: from when on a user can't sign in any more, in seconds since 1970.
 */
export function parseHtpasswd(text: string, pepper?: string) {
  const users = new Map<string, PasswordHash>();
  const expiresAt = new Map<string, number>();
  const damaged: { readonly line: number; readonly problem: string }[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const problem = content.startsWith('#')
      ? addExpiry(expiresAt, content)
      : content.trim() === ''
        ? undefined
        : addUser(users, content, pepper);
    if (problem !== undefined) damaged.push({ line: index + 1, problem });
  }
  return { users, expiresAt, damaged };
}

/** The username of a line with one, or of a comment that says when one expires. */
export function usernameOf(line: string): string | undefined {
  const name = line.startsWith('#') ? expiry.exec(line)?.[2] : /^([^:]*):/.exec(line)?.[1];
  return name?.trim().normalize('NFC');
}

const expiry = /^#\s*expires\s+(\S+)\s+(.+)$/i;
const daySeconds = 86_400;

/** A day that can't be read closes the account: nobody has a reviewer's for good by a typing error. */
function addExpiry(expiresAt: Map<string, number>, comment: string): string | undefined {
  const username = usernameOf(comment);
  if (username === undefined)
    return /^#expires\b/i.test(comment) ? 'no day and username after #expires' : undefined;
  const [, day = ''] = expiry.exec(comment) ?? [];
  const start = startOfDay(day);
  expiresAt.set(username, start === undefined ? 0 : start + daySeconds);
  return start === undefined
    ? 'no day like 2026-12-31 after #expires, so that user can’t sign in'
    : undefined;
}

/** When a day like 2026-12-31 begins (UTC), in seconds since 1970; `undefined` for what is none, like 2026-02-30. */
export function startOfDay(day: string): number | undefined {
  return z.iso.date().safeParse(day).success ? Date.parse(day) / 1000 : undefined;
}

function addUser(users: Map<string, PasswordHash>, content: string, pepper?: string): string | undefined {
  const colon = content.indexOf(':');
  if (colon === -1) return 'no colon between username and hash';
  const username = usernameOf(content) ?? '';
  if (username === '') return 'no username before the colon';
  if (users.has(username)) return 'the username is in an earlier line, which counts';
  // Apache ignores a third field, and some tools write one.
  const [stored = ''] = content.slice(colon + 1).split(':');
  const parsed = parsePasswordHash(stored, pepper);
  if ('problem' in parsed) return parsed.problem;
  users.set(username, parsed.hash);
  return undefined;
}
