/*
 * telemetry: how the server says what it does. Everybody may be handed a way to report; of the other folders it
 * imports crypto alone.
 */
import pino from 'pino';

export type LogLevel = (typeof logLevels)[number];
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type Log = pino.Logger;

/** One JSON object a line, with the time in ISO 8601 and the level as a word. */
export function createLog(level: LogLevel, destination: pino.DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    destination,
  );
}

/** No more of an error than this: other properties may hold what was sent, and with it a password. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return { type: name, message, code, stack, cause: cause === undefined ? undefined : describeError(cause) };
}

/** pino's own ISO time, made once a millisecond: many requests share one. */
function timestamp(): string {
  const now = Date.now();
  if (now !== stampedAt) stamp = `,"time":"${new Date(now).toISOString()}"`;
  stampedAt = now;
  return stamp;
}

let stamp = '';
let stampedAt = Number.NaN;

/**
 * Standard output: lines are gathered and written off the request's path, a tenth of a second late at most and all of
 * them when the process ends by itself; in a terminal they are laid out for a person.
 */
export async function standardOutput(): Promise<pino.DestinationStream> {
  if (!process.stdout.isTTY) {
    const lines = pino.destination({ dest: 1, sync: true, minLength: 4096, periodicFlush: 100 });
    // Not flushSync, which never ends when nobody reads any more.
    process.once('exit', () => lines.flush());
    return lines;
  }
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    colorize: true,
    sync: true,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    messageKey: 'event',
  });
}
