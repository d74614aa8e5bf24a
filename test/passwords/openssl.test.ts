import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { parsePasswordHash } from '../../src/passwords/password-hash.ts';

it('password hashes know passwords of all lengths, as OpenSSL hashes them with each function of crypt(3)', async () => {
  for (const [id, length] of ['1', 'apr1', '5', '6'].flatMap((each) =>
    [1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 128, 200].map((size) => [each, size] as const),
  )) {
    const password = 'ä'.repeat(length >> 1) + 'b'.repeat(length & 1);
    const stored = execFileSync('openssl', ['passwd', `-${id}`, '-salt', 'saltsalt', password], {
      encoding: 'utf8',
    });
    const parsed = parsePasswordHash(stored);
    expect('hash' in parsed && (await parsed.hash.verify(password)), `${id} ${length}`).toBe(true);
  }
});
