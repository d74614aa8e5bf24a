import { timingSafeEqual } from 'node:crypto';

/** One way to write a password hash down, as some software does. */
export interface PasswordHashFormat {
  /** What the stored value starts with; it alone decides the format. */
  readonly prefix: RegExp;
  /**
   * Throws `UnusableHashError` where the value is damaged or asks for more than it may; computes nothing.
   * `pepper` is what an application appends to passwords, where its format knows of one.
   */
  parse(stored: string, pepper: string): ParsedHash;
}

export interface ParsedHash {
  /** Not on the main thread. The caller sees to it that no more than `hashThreads` run at once. */
  verify(password: string): Promise<boolean>;
  /** About how many milliseconds one verification takes a processor: to be compared with others. */
  readonly cost: number;
  /** Why one who got hold of the hash would soon have the password; absent where it takes long. */
  readonly weakness?: string;
}

/** A stored value that is refused. The message says why, repeats nothing of the value, and may be logged. */
export class UnusableHashError extends Error {}

export function damaged(): UnusableHashError {
  return new UnusableHashError('the password hash is cut short or damaged');
}

/** The groups of a pattern that the value must match. */
export function fieldsOf(pattern: RegExp, stored: string): readonly string[] {
  const match = pattern.exec(stored);
  if (match === null) throw damaged();
  return match.slice(1).map((field) => field ?? '');
}

/**
 * Refuses what a damaged or hostile value could ask for. Bounds are several times what anybody recommends, and keep
 * one verification to some seconds of one thread and a quarter of a gigabyte.
 */
export function within(what: string, value: number, most: number): number {
  if (!(value <= most)) throw new UnusableHashError(`${what} ${value} is over ${most}`);
  return value;
}

/** A derived key as it is stored: at least 16 bytes, since a shorter one would match by chance, and at most 128. */
export function derivedKey(bytes: Buffer): Buffer {
  if (bytes.length < 16 || bytes.length > 128) throw damaged();
  return bytes;
}

/** Compares in a time that depends on neither's content. */
export function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
