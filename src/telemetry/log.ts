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
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** Standard output: lines are written off the request's path; in a terminal they are laid out for a person. */
export async function standardOutput(): Promise<pino.DestinationStream> {
  if (!process.stdout.isTTY) return pino.destination({ dest: 1, sync: false });
  const { default: pretty } = await import('pino-pretty');
  return pretty({ colorize: true, sync: true, translateTime: 'SYS:HH:MM:ss', singleLine: true });
}
