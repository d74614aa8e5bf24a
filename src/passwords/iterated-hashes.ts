import { hash } from 'node:crypto';

/** The digits of crypt(3)'s base 64. */
export const alphabet64 = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export type DigestName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

interface Task {
  readonly password: string;
  readonly salt: string;
}

/** `password`, then a salt given in base64, digested once; base64. */
export function saltedDigest({ digest, password, salt }: Task & { readonly digest: DigestName }): string {
  return hash(digest, Buffer.concat([Buffer.from(password), Buffer.from(salt, 'base64')]), 'base64');
}

/** phpass's loop; crypt(3)'s base 64, whole. */
export function phpass(task: Task & { readonly digest: DigestName; readonly rounds: number }): string {
  const { digest, rounds } = task;
  const password = Buffer.from(task.password);
  let result = hash(digest, Buffer.concat([Buffer.from(task.salt), password]), 'buffer');
  for (let round = 0; round < rounds; round += 1) {
    result = hash(digest, Buffer.concat([result, password]), 'buffer');
  }
  return base64(result);
}

/** crypt(3) `$5$` and `$6$`, step by step as in Ulrich Drepper's specification of 2008, whose numbers stand here. */
export function shaCrypt(task: Task & { digest: 'sha256' | 'sha512'; rounds: number }): string {
  const { digest, rounds } = task;
  const password = Buffer.from(task.password);
  const salt = Buffer.from(task.salt);
  const digestOf = (...parts: readonly Buffer[]) => hash(digest, Buffer.concat(parts), 'buffer');

  const alternate = digestOf(password, salt, password); // 4-8
  const first = [password, salt, repeated(alternate, password.length)]; // 1-3, 9-10
  for (let bits = password.length; bits > 0; bits >>= 1) first.push(bits & 1 ? alternate : password); // 11
  const start = digestOf(...first); // 12
  const p = repeated(digestOf(...Array(password.length).fill(password)), password.length); // 13-16
  const s = repeated(digestOf(...Array(16 + (start[0] ?? 0)).fill(salt)), salt.length); // 17-20
  const result = stretched(start, rounds, p, s, digestOf); // 21
  return base64(shuffled(result, shuffles[digest])); // 22
}

/** crypt(3) `$1$` by Poul-Henning Kamp, and Apache's `$apr1$`, which differs in its name alone. */
export function md5Crypt(task: Task & { readonly id: string }): string {
  const password = Buffer.from(task.password);
  const salt = Buffer.from(task.salt);
  const digestOf = (...parts: readonly Buffer[]) => hash('md5', Buffer.concat(parts), 'buffer');

  const alternate = digestOf(password, salt, password);
  const first = [password, Buffer.from(`$${task.id}$`), salt, repeated(alternate, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) {
    first.push(bits & 1 ? Buffer.alloc(1) : password.subarray(0, 1));
  }
  const result = stretched(digestOf(...first), 1000, password, salt, digestOf);
  return base64(shuffled(result, shuffles.md5));
}

/** The loop that both have. */
function stretched(
  start: Buffer,
  rounds: number,
  password: Buffer,
  salt: Buffer,
  digestOf: (...parts: readonly Buffer[]) => Buffer,
): Buffer {
  let result = start;
  for (let round = 0; round < rounds; round += 1) {
    const odd = round % 2 === 1;
    const parts = [odd ? password : result];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(password);
    parts.push(odd ? result : password);
    result = digestOf(...parts);
  }
  return result;
}

/** As many bytes as asked for, taken from the same over and over. */
function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

function shuffled(bytes: Buffer, order: readonly number[]): Buffer {
  return Buffer.from(order.map((index) => bytes[index] ?? 0));
}

/** In which order the bytes of a digest are written. */
const shuffles = {
  md5: [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11],
  sha256: inTriples(32, [20, 10, 0], [1, 2, 0]),
  sha512: inTriples(64, [42, 21, 0], [2, 0, 1]),
};

/** Triples, each the one before with its places changed round and one added; the bytes that are left come last. */
function inTriples(size: number, first: readonly number[], turn: readonly number[]): readonly number[] {
  const order: number[] = [];
  let triple = first;
  for (let count = 0; count < Math.floor(size / 3); count += 1) {
    order.push(...triple);
    const last = triple;
    triple = turn.map((place) => (last[place] ?? 0) + 1);
  }
  for (let index = order.length; index < size; index += 1) order.push(index);
  return order;
}

/** crypt(3)'s base 64: each three bytes as four digits, the lowest six bits first. */
function base64(bytes: Buffer): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [low = 0, middle, high] = bytes.subarray(index, index + 3);
    let bits = low | ((middle ?? 0) << 8) | ((high ?? 0) << 16);
    const digits = middle === undefined ? 2 : high === undefined ? 3 : 4;
    for (let digit = 0; digit < digits; digit += 1) {
      text += alphabet64[bits & 63];
      bits >>= 6;
    }
  }
  return text;
}
