import type { Log } from './log.ts';

/**
 * What happened, as names that people's alerts and searches may rely on, each with its level.
 * Fields never hold a token, password, secret, `state` or Location; a username only once it has signed in,
 * because people type passwords into the wrong field.
 */
const levels = {
  'authorization.refused': 'warn',
  'authorization.failed': 'warn',
  'sign_in.succeeded': 'info',
  'sign_in.failed': 'warn',
  'sign_in.cancelled': 'info',
  'sign_in.unavailable': 'error',
  'sign_in.cross_site': 'warn',
  'code.issued': 'info',
  'link.created': 'info',
  'token.refreshed': 'info',
  'token.refused': 'warn',
  'token.reused': 'warn',
  'link.revoked': 'info',
  'link.use_unrecorded': 'warn',
  'links.removed': 'info',
  'client.refused': 'warn',
  'sign_in.limited': 'warn',
  'users.ambiguous': 'error',
  'users.hash_unusable': 'warn',
  'users.line_skipped': 'warn',
  'users.loaded': 'info',
  'users.reached': 'info',
  'users.unavailable': 'error',
  'users.weak_hash': 'warn',
  'storage.unavailable': 'error',
  request: 'info',
  'request.refused': 'info',
  'request.unreadable': 'info',
  'request.failed': 'error',
  'config.warning': 'warn',
  'server.waiting': 'warn',
  'server.started': 'info',
  'server.stopping': 'info',
  'server.stopped': 'info',
  'server.unclosed': 'warn',
} as const;

export type EventName = keyof typeof levels;

/** Reports one event; `reference` ties it to the attempt that a user can read out. */
export type Report = (event: EventName, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * What the log says once in so many seconds, for each value of a field where one is named. What fails for one request fails for all of
 * them, and a weak hash is named once for each format.
 */
const quiet: Readonly<Partial<Record<EventName, { readonly seconds: number; readonly field?: string }>>> = {
  'link.use_unrecorded': { seconds: 60 },
  'users.unavailable': { seconds: 10 },
  'users.weak_hash': { seconds: Number.POSITIVE_INFINITY, field: 'format' },
};

/** In characters. Some fields hold what anybody sent. */
const longestField = 500;

/** Writes events to the log, and tells `onEvent` of each one, also of those that the log leaves out. */
export function createReport(
  log: Log,
  onEvent?: (event: EventName, fields: Readonly<Record<string, unknown>>) => void,
): Report {
  const quietUntil = new Map<string, number>();
  return (event, fields = {}) => {
    onEvent?.(event, fields);
    const rule = quiet[event];
    if (rule !== undefined) {
      const now = performance.now();
      const key = `${event} ${fields[rule.field ?? '']}`;
      if (now < (quietUntil.get(key) ?? 0)) return;
      quietUntil.set(key, now + rule.seconds * 1000);
    }
    const line: Record<string, unknown> = { event, ...fields };
    for (const name of Object.keys(fields)) {
      const value = line[name];
      if (typeof value === 'string' && value.length > longestField) line[name] = value.slice(0, longestField);
    }
    log[levels[event]](line);
  };
}
