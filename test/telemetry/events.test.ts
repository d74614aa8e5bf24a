import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createReport } from '../../src/telemetry/events.ts';
import { createLog } from '../../src/telemetry/log.ts';

function reporting() {
  const [lines, told]: [string[], string[]] = [[], []];
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line).event) });
  return { lines, told, report: createReport(log, (event) => void told.push(event)) };
}

/** Turns the clock to seconds from now. */
function turnClock(): (seconds: number) => void {
  const start = performance.now();
  const clock = vi.spyOn(performance, 'now');
  onTestFinished(() => clock.mockRestore());
  return (seconds) => void clock.mockReturnValue(start + seconds * 1000);
}

describe('what fails for many requests', () => {
  it.each([
    ['users.unavailable', 10],
    ['link.use_unrecorded', 60],
  ] as const)('%s is logged once in %i seconds, and counted each time', (event, seconds) => {
    const turnTo = turnClock();
    const { lines, told, report } = reporting();
    turnTo(0);
    for (let time = 0; time < 3000; time += 1) report(event);
    turnTo(seconds - 1);
    report(event);
    expect([lines.length, told.length]).toEqual([1, 3001]);
    turnTo(seconds);
    report(event);
    expect([lines.length, told.length]).toEqual([2, 3002]);
  });

  it('is logged once for each format, where it is about a weak hash', () => {
    const { lines, told, report } = reporting();
    for (const format of ['md5', 'md5', 'sha1', 'md5']) report('users.weak_hash', { format });
    expect([lines.length, told.length]).toEqual([2, 4]);
  });

  it('does not keep other events quiet', () => {
    const { lines, report } = reporting();
    report('users.unavailable');
    for (let time = 0; time < 3; time += 1) report('storage.unavailable');
    expect(lines).toHaveLength(4);
  });
});

/** The length of the longest text in a value, stacks apart. */
function longestIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  const parts = Object.entries(Object(value)).filter(([name]) => name !== 'stack');
  return Math.max(0, ...parts.map(([, part]) => longestIn(part)));
}

describe('a line of the log', () => {
  it('has no field of more than a few hundred characters, whatever was sent', () => {
    const lines: string[] = [];
    const report = createReport(createLog('info', { write: (line) => void lines.push(line) }));
    const long = 'x'.repeat(30_000);
    report('sign_in.cross_site', { reference: 'K7QM-2R9X', origin: long, ip: long });
    report('request.refused', { message: long, cause: new Error(long) });
    const endless = Object.assign(new Error(long), { code: long, name: long });
    endless.cause = endless;
    report('request.failed', { err: endless });
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(longestIn(JSON.parse(line))).toBeLessThanOrEqual(500);
  });
});
