import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { EventName } from './events.ts';

export interface AnsweredRequest {
  /** A path of the server's own, or `other`: never what somebody made up. */
  readonly route: string;
  /** `aborted` where the connection was gone before an answer was begun. */
  readonly status: number | 'aborted';
  readonly seconds: number;
}

const signInOutcomes: Readonly<Partial<Record<EventName, string>>> = {
  'sign_in.succeeded': 'succeeded',
  'sign_in.failed': 'refused',
  'sign_in.limited': 'limited',
  'sign_in.cancelled': 'cancelled',
  'sign_in.cross_site': 'cross_site',
  'sign_in.unavailable': 'unavailable',
};

/** Whose fault an event is, where it is that of something behind the server. */
const failingParts: Readonly<Partial<Record<EventName, 'storage' | 'users'>>> = {
  'storage.unavailable': 'storage',
  'link.use_unrecorded': 'storage',
  'users.unavailable': 'users',
};

const prefix = 'alexa_linking_';

/** How long Alexa waits for `/token`. */
const alexaPatience = 4.5;
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, alexaPatience, 5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

/** Numbers for Prometheus. No label ever holds what a user typed or is. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: prefix + name, help, labelNames, registers });

  const requests = new Histogram({
    name: `${prefix}http_request_duration_seconds`,
    help: 'Time from a request to its answer, by route and status.',
    labelNames: ['route', 'status'],
    buckets: seconds,
    registers,
  });
  const hashQueue = new Histogram({
    name: `${prefix}hash_queue_seconds`,
    help: 'Time that a password waited for its turn to be verified.',
    buckets: seconds,
    registers,
  });
  const signIns = counter('sign_ins_total', 'Sign-ins by outcome.', ['outcome']);
  const refusals = counter(
    'authorizations_refused_total',
    'Authorization requests that could not be granted as they were, by reason.',
    ['reason'],
  );
  const created = counter('links_created_total', 'Links that were made.', ['client_id']);
  const revoked = counter('links_revoked_total', 'Links that were revoked here, and by whom.', [
    'client_id',
    'by',
  ]);
  const reused = counter(
    'tokens_reused_total',
    'Codes that came again after their end, which revokes their link, since they may have been stolen.',
    ['client_id', 'reused'],
  );
  const errors = counter('backend_errors_total', 'Times that storage or users could not answer.', ['part']);
  // They are there from the start, so that a rate can be taken of the first one.
  for (const outcome of Object.values(signInOutcomes)) signIns.inc({ outcome }, 0);
  for (const part of ['storage', 'users']) errors.inc({ part }, 0);
  function startCounting(clients: unknown): void {
    if (!Array.isArray(clients)) return;
    for (const client_id of clients) reused.inc({ client_id, reused: 'code' }, 0);
  }

  return {
    onRequest({ route, status, seconds }: AnsweredRequest) {
      requests.observe({ route, status }, seconds);
    },
    /** Called with the seconds that a password waited. */
    onTurn: (seconds: number) => hashQueue.observe(seconds),
    onEvent(event: EventName, fields: Readonly<Record<string, unknown>>) {
      const { client_id: clientId = '', reason, code, by, part = failingParts[event] } = fields;
      const outcome = signInOutcomes[event];
      if (outcome !== undefined) signIns.inc({ outcome });
      if (event === 'authorization.refused' || event === 'authorization.failed')
        refusals.inc({ reason: String(reason ?? code) });
      if (event === 'link.created') created.inc({ client_id: String(clientId) });
      if (event === 'link.revoked') revoked.inc({ client_id: String(clientId), by: String(by) });
      if (event === 'server.started') startCounting(fields['clients']);
      if (event === 'token.reused')
        reused.inc({ client_id: String(clientId), reused: String(fields['reused']) });
      if (part !== undefined) errors.inc({ part: String(part) });
    },
    contentType: registry.contentType,
    /** All of them in Prometheus's text format. */
    describe: () => registry.metrics(),
  };
}
