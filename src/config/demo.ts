import { randomReadable } from '../crypto.ts';
import { type ClientMetadata, clientMetadata } from './client-metadata.ts';

/** What stands in, in development, for what is not set. Secrets are new with every start. */
export interface Demo {
  readonly username: string;
  readonly password: string;
  readonly clientSecret: string;
}

export function createDemo(): Demo {
  return { username: 'demo', password: readableSecret(), clientSecret: readableSecret() };
}

/** The demo's one client, which the simulator alone can link. */
export function demoClients(clientSecret: string): readonly ClientMetadata[] {
  const client = {
    client_id: 'demo-skill',
    client_name: 'Demo Skill',
    client_secret: clientSecret,
    // A client needs one. The simulator adds its own to those of all clients.
    redirect_uris: ['http://localhost/'],
    response_types: ['token', 'code'],
    scope: 'profile',
    scope_descriptions: { profile: 'Your name and email address' },
  };
  return [clientMetadata.parse(client)];
}

/** 80 random bits that a user can type. */
function readableSecret(): string {
  return randomReadable(16)
    .toLowerCase()
    .replace(/....(?=.)/g, '$&-');
}
