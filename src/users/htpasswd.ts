import { type PasswordHash, parsePasswordHash } from '../crypto/password-hash.ts';

/** A line that can't be used, said without repeating anything of it. Lines count from 1. */
interface DamagedLine {
  readonly line: number;
  readonly problem: string;
}

export interface Htpasswd {
  readonly users: ReadonlyMap<string, PasswordHash>;
  readonly damaged: readonly DamagedLine[];
}

/**
 * Reads Apache's htpasswd format: `username:hash` a line, `#` comments and empty lines apart.
 * A damaged line costs nobody but its own user; of two lines with one name the first counts, as in Apache.
 */
export function parseHtpasswd(text: string, pepper?: string): Htpasswd {
  const users = new Map<string, PasswordHash>();
  const damaged: DamagedLine[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [index, content] of lines.entries()) {
    if (content.trim() === '' || content.startsWith('#')) continue;
    const problem = addUser(users, content, pepper);
    if (problem !== undefined) damaged.push({ line: index + 1, problem });
  }
  return { users, damaged };
}

function addUser(users: Map<string, PasswordHash>, content: string, pepper?: string): string | undefined {
  const colon = content.indexOf(':');
  if (colon === -1) return 'no colon between username and hash';
  const username = content.slice(0, colon).trim().normalize('NFC');
  if (username === '') return 'no username before the colon';
  if (users.has(username)) return 'the username is in an earlier line, which counts';
  // Apache ignores a third field, and some tools write one.
  const [stored = ''] = content.slice(colon + 1).split(':');
  const parsed = parsePasswordHash(stored, pepper);
  if ('problem' in parsed) return parsed.problem;
  users.set(username, parsed.hash);
  return undefined;
}
