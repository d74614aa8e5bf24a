import { channel } from 'node:diagnostics_channel';
import pLimit from 'p-limit';

/** Where it is published how many seconds a password waited, as each gets its turn. */
export const hashQueueChannel = 'alexa-account-linking:hash-queue';

const waited = channel(hashQueueChannel);

/**
 * Node's pool has four threads unless told otherwise. One stays free for everything else that needs one, reading files
 * above all, or a hundred sign-ins would hold up every skill that asks about a token.
 */
const oneOfFew = pLimit(3);

/** Some seconds of work at usual costs; longer nobody waits on a phone. */
const mostWaiting = 100;

/** Verifies a password when it is its turn. Rejects at once when too many are waiting already. */
export async function queued(verify: () => Promise<boolean>): Promise<boolean> {
  if (oneOfFew.pendingCount >= mostWaiting) throw new Error('too many passwords are waiting to be verified');
  const since = performance.now();
  return oneOfFew(() => {
    waited.publish((performance.now() - since) / 1000);
    return verify();
  });
}
