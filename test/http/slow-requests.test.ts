import { connect } from 'node:net';
import { describe, it } from 'vitest';
import { startServer } from '../support/server.ts';

/** Sends some of a request, and then no more; resolves with what came back, and after how many seconds the connection was closed. */
async function sendSome(url: string, some: string) {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const startedAt = performance.now();
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write(some);
  await new Promise((resolve) => socket.once('close', resolve));
  return { status: answer.split(' ')[1], seconds: (performance.now() - startedAt) / 1000 };
}

describe('a connection', () => {
  it.concurrent('is for a thousand requests: more that it sends at once are answered 503', async ({
    expect,
  }) => {
    const { url } = await startServer();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let answers = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answers += chunk;
    });
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1500));
    const count = (status: number) => answers.split(`HTTP/1.1 ${status}`).length - 1;
    await expect.poll(() => count(503)).toBe(500);
    expect(count(200)).toBe(1000);
    socket.destroy();
  });
});

describe('a request that never ends', () => {
  it.concurrent('has 15 seconds for its headers', async ({ expect }) => {
    const { url } = await startServer();
    const { status, seconds } = await sendSome(url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n');
    expect(status).toBe('408');
    expect(seconds).toBeGreaterThan(14);
    expect(seconds).toBeLessThan(22);
  });

  it.concurrent('has 30 seconds for all of it', async ({ expect }) => {
    const { url } = await startServer();
    const head = 'POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';
    const { status, seconds } = await sendSome(url, `${head}Content-Length: 100\r\n\r\ngrant_type=`);
    expect(status).toBe('408');
    expect(seconds).toBeGreaterThan(29);
    expect(seconds).toBeLessThan(40);
  });
});
