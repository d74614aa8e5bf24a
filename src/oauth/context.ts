import type { FairQueue } from '../passwords/fair-queue.ts';
import type { LinkStore, TicketStore } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import type { Users } from '../users/user-store.ts';
import type { Budgets } from './budgets.ts';
import type { Clients } from './client.ts';
import type { AccessTokenFormat } from './token.ts';
import type { RecordUse } from './use-recorder.ts';

/** What the protocol works with, put together once in `server.ts`. */
export interface Context {
  /** RFC 8414 2: `PUBLIC_URL`. */
  readonly issuer: string;
  readonly clients: Clients;
  readonly users: Users;
  readonly budgets: Budgets;
  readonly queue: FairQueue;
  readonly links: LinkStore;
  readonly tickets: TicketStore;
  readonly accessTokens: AccessTokenFormat;
  readonly recordUse: RecordUse;
  readonly report: Report;
}
