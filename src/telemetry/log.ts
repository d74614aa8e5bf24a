/*
 * telemetry: how the server says what it does. Everybody may be handed a way to report; of the other folders it
 * imports crypto.ts alone.
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
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => describeError(error) },
      // Not ours: pino would copy the whole message beside it.
      errorKey: 'error',
    },
    destination,
  );
}

/** In characters: an error may repeat what was sent. */
const longest = { name: 100, message: 500 };

/** Causes of an error, and lines of its stack. */
const most = { causes: 5, lines: 12 };

/** No more of an error than this: other properties may hold what was sent, and with it a password. */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: String(error).slice(0, longest.message) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? String(error.code).slice(0, longest.name) : undefined;
  // Without what is before them, which is the message once more.
  const lines = stack?.split('\n').filter((line) => /^ +at /.test(line)) ?? [];
  return {
    type: name.slice(0, longest.name),
    message: message.slice(0, longest.message),
    code,
    stack: lines.slice(0, most.lines).join('\n'),
    cause: cause === undefined || depth === most.causes ? undefined : describeError(cause, depth + 1),
  };
}

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
