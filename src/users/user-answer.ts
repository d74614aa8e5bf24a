import { z } from 'zod';
import type { Profile } from './user-store.ts';

const text = z.string().max(1000);

/** What somebody else's code may say of a user; more is left out. */
const profile = z.object({
  id: z.union([z.string().min(1).max(255), z.int().transform(String)]),
  username: text.min(1).nullish(),
  name: text.nullish(),
  email: text.nullish(),
});

/** Throws an error that says which member is wrong, and repeats nothing of it. */
export function parseProfile(answer: unknown): Profile {
  const parsed = profile.safeParse(answer);
  if (!parsed.success) {
    const members = parsed.error.issues.map(({ path }) => z.core.toDotPath(path) || 'the whole');
    throw new Error(`the user that was answered is not {id, name?, email?}: wrong is ${members.join(', ')}`);
  }
  const { id, username, name, email } = parsed.data;
  return { id, username: username ?? undefined, name: name ?? undefined, email: email ?? undefined };
}
