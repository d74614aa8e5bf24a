import { RateLimiterMemory } from 'rate-limiter-flexible';
import { describe, expect, it } from 'vitest';
import { createGuessLimits } from '../../src/oauth/guess-limits.ts';
import { createFailureStore } from '../../src/storage/failure-store.ts';

function guessLimits() {
  const { attempt } = createGuessLimits(createFailureStore((options) => new RateLimiterMemory(options)));
  const of = (username: string, address: string | undefined) => ({ username, address });
  return {
    attempt,
    /** How many of so many guesses were let through. */
    async guess(times: number, username: string, address: string): Promise<number> {
      let made = 0;
      for (let time = 0; time < times; time += 1) {
        await attempt(of(username, address), async () => {
          made += 1;
          return undefined;
        });
      }
      return made;
    },
    signIn: (username: string, address: string) => attempt(of(username, address), async () => 'in'),
  };
}

const limited = { retryAfterSeconds: expect.any(Number) };

describe('limits on guessing', () => {
  it('stop somebody at one name after ten failures, and say for how long', async () => {
    const { guess, signIn } = guessLimits();
    expect(await guess(15, 'alice', '192.0.2.1')).toBe(10);
    const answer = await signIn('alice', '192.0.2.1');
    if (!('retryAfterSeconds' in answer)) throw new Error('not limited');
    expect(answer.retryAfterSeconds).toBeGreaterThan(880);
    expect(answer.retryAfterSeconds).toBeLessThanOrEqual(900);
  });

  it('leave the person alone who signs in from elsewhere, and others from the same address', async () => {
    const { guess, signIn } = guessLimits();
    await guess(15, 'alice', '192.0.2.1');
    expect(await signIn('alice', '192.0.2.2')).toEqual({ result: 'in' });
    expect(await signIn('bob', '192.0.2.1')).toEqual({ result: 'in' });
  });

  it('stop an address that tries many names after a hundred failures', async () => {
    const { guess, signIn } = guessLimits();
    for (let name = 0; name < 100; name += 1) expect(await guess(1, `user${name}`, '192.0.2.1')).toBe(1);
    expect(await guess(1, 'another', '192.0.2.1')).toBe(0);
    expect(await signIn('alice', '192.0.2.1')).toEqual(limited);
    expect(await signIn('alice', '192.0.2.2')).toEqual({ result: 'in' });
  });

  it('leave each address three tries at a name that is guessed at from everywhere, and lock nobody out', async () => {
    const { guess, signIn } = guessLimits();
    for (let address = 1; address <= 3; address += 1) await guess(10, 'alice', `198.51.100.${address}`);
    expect(await guess(10, 'alice', '198.51.100.4')).toBe(3);
    expect(await guess(10, 'bob', '198.51.100.4')).toBe(10);
    // Alice mistypes twice.
    expect(await guess(2, 'alice', '192.0.2.1')).toBe(2);
    expect(await signIn('alice', '192.0.2.1')).toEqual({ result: 'in' });
  });

  it('forget what a person mistyped once they are in', async () => {
    const { guess, signIn } = guessLimits();
    for (let time = 0; time < 3; time += 1) {
      expect(await guess(9, 'alice', '192.0.2.1')).toBe(9);
      expect(await signIn('alice', '192.0.2.1')).toEqual({ result: 'in' });
    }
  });

  it('take an IPv6 network of /64 for one address, and an IPv4 address for itself in either form', async () => {
    const { guess } = guessLimits();
    expect(await guess(10, 'alice', '2001:db8:0:1::1')).toBe(10);
    expect(await guess(1, 'alice', '2001:db8::1:ffff:ffff:ffff:ffff')).toBe(0);
    expect(await guess(1, 'alice', '2001:db8:0:2::1')).toBe(1);
    expect(await guess(10, 'bob', '192.0.2.1')).toBe(10);
    expect(await guess(1, 'bob', '::ffff:192.0.2.1')).toBe(0);
    expect(await guess(1, 'bob', '192.0.2.2')).toBe(1);
  });

  it('leave out the port that some proxies write, and take all that is no address for one', async () => {
    const { guess } = guessLimits();
    let made = 0;
    for (let port = 1; port <= 20; port += 1) made += await guess(1, 'alice', `192.0.2.1:${port}`);
    for (let port = 1; port <= 20; port += 1) made += await guess(1, 'bob', `[2001:db8::1]:${port}`);
    for (let odd = 1; odd <= 20; odd += 1) made += await guess(1, 'carol', `unknown${odd}`);
    expect(made).toBe(30);
  });

  it.each(['ALICE', 'al\u200Bice', 'alíce', 'ａｌｉｃｅ', 'a lice', 'ałice'])(
    'take %j for the same name, since a database or a directory may',
    async (spelling) => {
      const { guess } = guessLimits();
      await guess(10, 'alice', '192.0.2.1');
      expect(await guess(1, spelling, '192.0.2.1')).toBe(0);
    },
  );

  it('count nothing while users can’t be reached', async () => {
    const { attempt, signIn } = guessLimits();
    const broken = () =>
      attempt({ username: 'alice', address: '192.0.2.1' }, () => Promise.reject(new Error('down')));
    for (let time = 0; time < 20; time += 1) await expect(broken()).rejects.toThrow('down');
    expect(await signIn('alice', '192.0.2.1')).toEqual({ result: 'in' });
  });

  it('let hardly more guesses through when they come all at once', async () => {
    const { attempt } = guessLimits();
    let made = 0;
    const guesses = Array.from({ length: 500 }, () =>
      attempt({ username: 'alice', address: '192.0.2.1' }, async () => {
        made += 1;
        await new Promise(setImmediate);
        return undefined;
      }),
    );
    await Promise.all(guesses);
    expect(made).toBeGreaterThanOrEqual(10);
    expect(made).toBeLessThanOrEqual(12);
  });

  it('look at three passwords of one address at a time, and at those of others meanwhile', async () => {
    const { attempt, signIn } = guessLimits();
    let atOnce = 0;
    let most = 0;
    const done = Promise.withResolvers<undefined>();
    const guesses = Array.from({ length: 50 }, (_, name) =>
      attempt({ username: `user${name}`, address: '192.0.2.1' }, async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await done.promise;
        atOnce -= 1;
        return 'in';
      }),
    );
    expect(await signIn('alice', '192.0.2.2')).toEqual({ result: 'in' });
    done.resolve(undefined);
    await Promise.all(guesses);
    expect(most).toBe(3);
  });

  it('make many who sign in at once wait for nobody’s failure', async () => {
    const { signIn } = guessLimits();
    const answers = await Promise.all(Array.from({ length: 300 }, () => signIn('alice', '192.0.2.1')));
    expect(answers.every((answer) => 'result' in answer)).toBe(true);
  });

  it('work for a connection that is gone already', async () => {
    const { attempt } = guessLimits();
    expect(await attempt({ username: 'alice', address: undefined }, async () => 'in')).toEqual({
      result: 'in',
    });
  });
});
