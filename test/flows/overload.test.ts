import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashPassword } from '../../src/passwords/password-hash.ts';
import { startProcess } from '../support/process.ts';
import { authorizePath, settings, temporaryFolder } from '../support/server.ts';

/*
 * Attacks that were seen to stop a server, each against a process of its own: what one network does costs the others little.
 */

interface Attacked {
  readonly url: string;
  readonly port: number;
  readonly ended: Promise<number | string>;
  output(): string;
}

async function start(users: string, heapMegabytes = 512): Promise<Attacked> {
  await quarterHasTime();
  const folder = temporaryFolder();
  const env = await settings(folder, users);
  const port = Number(env['PORT']);
  const server = startProcess(
    { ...env, TRUST_PROXY: 'loopback', NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}` },
    folder,
  );
  await server.said(/server\.started/);
  return { url: server.url, port, ended: server.ended, output: server.output };
}

/** Budgets are full again each quarter of an hour, which must not be in the middle of an attack. */
async function quarterHasTime(): Promise<void> {
  const left = 900_000 - (Date.now() % 900_000);
  if (left < 45_000) await setTimeout(left);
}

interface Answer {
  readonly status: number;
  readonly milliseconds: number;
}

async function post(server: Attacked, address: string, body: string): Promise<Answer> {
  const startedAt = performance.now();
  const answer = await fetch(server.url + authorizePath(), {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Sec-Fetch-Site': 'same-origin',
      'X-Forwarded-For': address,
    },
    body,
  });
  answer.text;
  return { status: answer.status, milliseconds: performance.now() - startedAt };
}

const guess = (server: Attacked, address: string, username = 'alice') =>
  post(server, address, `username=${username}&password=wrong`);
const signIn = (server: Attacked, address: string, username = 'alice') =>
  post(server, address, `username=${username}&password=wonderland`);

/** The longest that anybody waited for /healthz meanwhile, as somebody else's thread sees it. */
async function slowestHealth<Result>(server: Attacked, attack: () => Promise<Result>) {
  const asking = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    let slowest = 0;
    let over = false;
    parentPort.on('message', () => { over = true; });
    (async () => {
      for (let first = true; !over; first = false) {
        const startedAt = performance.now();
        await (await fetch(workerData)).text().catch(() => {});
        if (!first) slowest = Math.max(slowest, performance.now() - startedAt);
        else parentPort.postMessage('ready');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      parentPort.postMessage(slowest);
    })();`,
    { eval: true, workerData: `${server.url}/healthz` },
  );
  onTestFinished(async () => void (await asking.terminate()));
  const said = () => new Promise<unknown>((resolve) => asking.once('message', resolve));
  await said();
  const result = await attack();
  const saying = said();
  asking.postMessage('over');
  return { result, milliseconds: Number(await saying) };
}

function statusesOf(answers: readonly Answer[]): Record<number, number> {
  const found: Record<number, number> = {};
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1;
  return found;
}

const many = <Value>(times: number, make: (index: number) => Value) =>
  Array.from({ length: times }, (_, index) => make(index));

describe('a server that is attacked', () => {
  it('answers others meanwhile, where usernames are eight thousand combining marks', async () => {
    const server = await start(`alice:${await bcrypt('wonderland', 5)}\n`);
    // In an order that normalizing has to turn round.
    const marks = [...'\u0345\u0315\u0301\u0316\u031B\u0327\u05B0\u0334'].map((mark) => mark.repeat(990));
    const body = `username=a${marks.join('')}&password=x`;
    const { result, milliseconds } = await slowestHealth(server, () =>
      Promise.all(many(64, () => post(server, '198.51.100.1', body))),
    );
    expect(statusesOf(result)).toEqual({ 422: 64 });
    expect(milliseconds).toBeLessThan(500);
  });

  it('keeps its memory, and answers others, where one address sends 12,000 forms of 15 KB on four connections', async () => {
    const server = await start(`alice:${await bcrypt('wonderland', 10)}\n`, 256);
    const body = `username=alice&password=wrong&more=${'x'.repeat(15_570)}`;
    const form = `POST ${authorizePath()} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const flood = Buffer.from(form.repeat(300));
    async function pipeline(): Promise<void> {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => {});
      let answers = 0;
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        answers += chunk.split('Retry-After').length - 1;
        if (answers > 2900) socket.destroy();
      });
      for (let part = 0; part < 10; part += 1) socket.write(flood);
      await new Promise((resolve) => socket.once('close', resolve));
    }
    const { milliseconds } = await slowestHealth(server, () => Promise.all(many(4, pipeline)));
    expect(milliseconds).toBeLessThan(500);
    expect((await signIn(server, '192.0.2.1')).status).toBe(303);
  });

  it('lets somebody new in within seconds, where sixty networks guess three times each at hashes that take long', async () => {
    const server = await start(`alice:${await bcrypt('wonderland', 12)}\n`);
    const attack = many(180, (index) => guess(server, `198.51.100.${index % 60}`, `user${index}`));
    for (let time = 1; time <= 3; time += 1) {
      const { status, milliseconds } = await signIn(server, `192.0.2.${time}`);
      expect(status).toBe(303);
      expect(milliseconds).toBeLessThan(6000);
    }
    expect(statusesOf(await Promise.all(attack))).toEqual({ 422: 180 });
  });

  it('lets a neighbour in within 2.5 seconds, where one address guesses ninety times', async () => {
    const hash = await hashPassword('wonderland');
    const server = await start(`alice:${hash}\nbob:${hash}\n`);
    await signIn(server, '192.0.2.99');
    const attack = many(90, (index) => guess(server, '192.0.2.1', `user${index}`));
    const neighbour = await signIn(server, '192.0.2.1');
    expect(neighbour.status).toBe(303);
    expect(neighbour.milliseconds).toBeLessThan(2500);
    const elsewhere = await signIn(server, '192.0.2.2', 'bob');
    expect(elsewhere.status).toBe(303);
    expect(elsewhere.milliseconds).toBeLessThan(2500);
    const { 422: judged = 0, 429: turnedAway = 0, ...more } = statusesOf(await Promise.all(attack));
    expect([judged + turnedAway, more]).toEqual([90, {}]);
    expect(judged).toBeGreaterThan(15);
  });
});
