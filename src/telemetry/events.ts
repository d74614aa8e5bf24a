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

/** Reports one event; `reference` ties it to the attempt that a person can read out. */
export type Report = (event: EventName, fields?: Readonly<Record<string, unknown>>) => void;

/** Seconds in which the log says an event once: what fails for one request fails for all of them. */
const quietSeconds: Readonly<Partial<Record<EventName, number>>> = {
  'link.use_unrecorded': 60,
  'users.unavailable': 10,
};

/** Writes events to the log, and tells `onEvent` of each one, also of those that the log leaves out. */
export function createReport(
  log: Log,
  onEvent?: (event: EventName, fields: Readonly<Record<string, unknown>>) => void,
): Report {
  const quietUntil = new Map<EventName, number>();
  return (event, fields = {}) => {
    onEvent?.(event, fields);
    const now = performance.now();
    if (now < (quietUntil.get(event) ?? 0)) return;
    quietUntil.set(event, now + (quietSeconds[event] ?? 0) * 1000);
    log[levels[event]]({ event, ...fields });
  };
}
