import { sha256 } from './crypto/digest.ts';
import { randomReadable } from './crypto/random.ts';
import type { Client, Clients } from './oauth/client.ts';

/** What stands in, in development, for what nobody has set. Secrets are new with every start. */
export interface Demo {
  readonly username: string;
  readonly password: string;
  readonly clientSecret: string;
  readonly clients: Clients;
}

export function createDemo(): Demo {
  const clientSecret = readableSecret();
  const client: Client = {
    clientId: 'demo-skill',
    redirectUris: new Set(),
    responseTypes: new Set(['token', 'code']),
    scope: new Set(['profile']),
    secretDigests: [sha256(clientSecret)],
    shortestSecret: 0,
    refreshTokenTtlSeconds: 400 * 86_400,
    requirePkce: false,
    texts: {
      clientName: 'Demo Skill',
      scopeDescriptions: new Map([['profile', 'Your name and email address']]),
    },
    textsIn: new Map(),
  };
  return {
    username: 'demo',
    password: readableSecret(),
    clientSecret,
    clients: new Map([[client.clientId, client]]),
  };
}

/** 80 random bits that a person can type. */
function readableSecret(): string {
  return randomReadable(16)
    .toLowerCase()
    .replace(/....(?=.)/g, '$&-');
}
