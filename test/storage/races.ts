import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../src/crypto.ts';
import { retentionSeconds, type Storage } from '../../src/storage/stores.ts';
import { keepCompiled } from '../support/process.ts';
import { keepCode, keepLink, keepMany, madeAt, newRenewal } from './storage-conformance.ts';

export type Operation = 'revoke' | 'redeem' | 'refresh' | 'use' | 'fail' | 'remove';

const processes = 6;

interface Worker {
  readonly child: ChildProcess;
  readonly line: () => Promise<string>;
}

function startWorker(location: string, operation: Operation, key: string): Worker {
  const own = { STORAGE: location, OPERATION: operation, KEY: key };
  const env = { PATH: process.env['PATH'], ...keepCompiled, ...awsOf(), ...own };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'race-worker.ts')], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value ?? 'ended' };
}

/** Some credentials, which a stand-in for DynamoDB does not look at. */
function awsOf(): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
}

/** Many processes, each with its own connection, do the same at the same moment; gives what each got. */
async function race(location: string, operation: Operation, key: string): Promise<unknown[]> {
  const workers = Array.from({ length: processes }, () => startWorker(location, operation, key));
  for (const { line } of workers) expect(await line()).toBe('ready');
  for (const { child } of workers) child.stdin?.write('go\n');
  const results = await Promise.all(workers.map(async ({ line }) => JSON.parse(await line())));
  for (const { child } of workers) child.stdin?.end();
  await Promise.all(workers.map(({ child }) => child.exitCode ?? once(child, 'exit')));
  return results;
}

/** What holds between processes. `open` gives a storage that is there already, and how others reach it. */
export function describeRaces(
  name: string,
  open: () => Promise<{ readonly storage: Storage; readonly location: string }>,
): void {
  describe(`${name}, with ${processes} processes at once`, () => {
    it('tells exactly one that revoked a link', async () => {
      const { storage, location } = await open();
      const { link } = await keepLink(storage);
      const answers = await race(location, 'revoke', link.id);
      expect(answers.filter((first) => first)).toHaveLength(1);
    });

    it('redeems a code for exactly one', async () => {
      const { storage, location } = await open();
      const { id } = await keepCode(storage);
      const answers = await race(location, 'redeem', id);
      expect(answers.filter((first) => first)).toHaveLength(1);
    });

    it('keeps the access tokens of all that refresh', async () => {
      const { storage, location } = await open();
      const { id } = await keepCode(storage);
      await storage.links.redeemCode(id, 'refresh', newRenewal());
      const digests = (await race(location, 'refresh', id)).flat();
      expect(digests).toHaveLength(5 * processes);
      for (const digest of digests)
        expect(await storage.links.findByAccessToken({ linkId: id, digest: String(digest) })).toBeDefined();
    });

    it('gives a ticket so often as it may be used', async () => {
      const { storage, location } = await open();
      const digest = sha256(randomUUID());
      await storage.tickets.create(digest, { subject: 's', username: 'u', expiresAt: madeAt });
      const answers = (await race(location, 'use', digest)).flat();
      expect(answers.filter((given) => given)).toHaveLength(20);
    });

    it('loses no attempt', async () => {
      const { storage, location } = await open();
      const key = sha256(randomUUID());
      await race(location, 'fail', key);
      const counter = { key, endsAt: 2_000_000_000 };
      expect(await storage.attempts.add([counter], 1)).toEqual([10 * processes + 1]);
    });
  });
}

/** As `describeRaces`, for engines that take out by themselves what has ended. */
export function describeRemovalRaces(
  name: string,
  open: () => Promise<{ readonly storage: Storage; readonly location: string }>,
): void {
  it(`${name} is cleaned by ${processes} processes at once, and what lasts stays`, async () => {
    const { storage, location } = await open();
    const lasting = await keepLink(storage);
    await keepMany(storage, 600, { expiresAt: madeAt });
    await race(location, 'remove', String(madeAt + retentionSeconds));
    while ((await storage.removeEnded(madeAt + retentionSeconds)) > 0);
    expect(await Array.fromAsync(storage.links.list({}))).toEqual([lasting.link]);
  });
}
