import type { Router } from 'express';
import type { Context } from '../oauth/context.ts';
import type { PublicJwk } from '../oauth/jwt-access-token.ts';
import type { Storage } from '../storage/stores.ts';
import type { AnsweredRequest } from '../telemetry/metrics.ts';
import type { PagesFor } from './language.ts';

/** What endpoints work with, put together once in `server.ts`. */
export interface Deps extends Context {
  readonly pagesFor: PagesFor;
  readonly storage: Pick<Storage, 'ping'>;
  /** What JWT access tokens are verified with; empty where none are issued. */
  readonly keys: readonly PublicJwk[];
  /** As Express's `trust proxy` takes it. */
  readonly trustProxy: false | number | readonly string[];
  /** Absent in production. */
  readonly simulator: Router | undefined;
  /** Aborts when the server begins to stop. */
  readonly stopping: AbortSignal;
  /** Called with each request that was answered. */
  readonly onRequest: ((request: AnsweredRequest) => void) | undefined;
}
