import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll } from 'vitest';
import { migrateStorage } from '../../src/adapters.ts';
import { parseConfig } from '../../src/config/config.ts';
import { postgresDialect } from '../../src/sql/postgres.ts';
import { type DatabaseServer, startPostgres } from './databases.ts';
import { type DynamoServer, startDynamo } from './dynamodb.ts';
import { temporaryFolder } from './server.ts';

/** A place of each kind of `STORAGE` for one test, empty and ready; also by way of another port of this machine. */
export interface Storages {
  readonly engines: Readonly<Record<'PostgreSQL' | 'DynamoDB' | 'SQLite', () => Promise<StoragePlace>>>;
}

interface StoragePlace {
  readonly location: (port?: number) => string;
  /** Where its server listens, where it has one. */
  readonly port: number | undefined;
}

/** Starts the servers for all tests of a file. */
export function startStorages(): Storages {
  let postgres: DatabaseServer;
  let dynamo: DynamoServer;
  beforeAll(async () => {
    [postgres, dynamo] = await Promise.all([startPostgres(), startDynamo()]);
  });
  afterAll(() => Promise.all([postgres.stop(), dynamo.stop()]));

  return {
    engines: {
      async PostgreSQL() {
        const name = `links_${randomUUID().replaceAll('-', '')}`;
        const db = new Kysely<unknown>({ dialect: postgresDialect(postgres.url()) });
        await sql`create database ${sql.id(name)}`.execute(db);
        await db.destroy();
        const { port } = postgres;
        return { port, location: (at) => postgres.url(at).replace(/app$/, name) };
      },
      async DynamoDB() {
        const table = `links-${randomUUID()}`;
        const parsed = parseConfig({ STORAGE: dynamo.location(table) });
        if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
        await migrateStorage(parsed.config.storage);
        return { port: dynamo.port, location: (at) => dynamo.location(table, at) };
      },
      async SQLite() {
        const path = join(temporaryFolder(), 'links.db');
        return { port: undefined, location: () => `sqlite:${path}` };
      },
    },
  };
}
