import { expect, it } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';

it('the log has of an error what it says and where, and nothing that it carries', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const cause = Object.assign(new TypeError('no route'), { code: 'EHOSTUNREACH', body: 's3cret' });
  const err = Object.assign(new Error('failed', { cause }), { config: { data: 's3cret' } });
  log.error({ event: 'users.unavailable', err });
  log.error({ event: 'users.unavailable', err: 'text' });
  expect(lines.join()).not.toContain('s3cret');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: {
      type: 'Error',
      message: 'failed',
      stack: expect.stringContaining('log.test.ts'),
      cause: { type: 'TypeError', message: 'no route', code: 'EHOSTUNREACH' },
    },
  });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ err: { message: 'text' } });
});
