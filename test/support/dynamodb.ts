import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';

/** A stand-in for DynamoDB in memory, at a port of this machine. */
export interface DynamoServer {
  readonly port: number;
  /** What `STORAGE` is for a table of it, also by way of another port. */
  location(table: string, port?: number): string;
  stop(): Promise<void>;
}

/** Some credentials, which a stand-in does not look at, and none of the machine's. */
export const awsEnvironment = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
};

export async function startDynamo(): Promise<DynamoServer> {
  Object.assign(process.env, awsEnvironment);
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    location: (table, at = port) =>
      `dynamodb:${table}?region=eu-west-1&endpoint=${encodeURIComponent(`http://127.0.0.1:${at}`)}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
