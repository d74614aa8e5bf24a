import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { createDynamoLinks } from './dynamodb-links.ts';
import { createDynamoTable, type DynamoTable, keyAttribute, ttlAttribute } from './dynamodb-table.ts';
import type { AttemptStore, Storage, Ticket, TicketStore } from './stores.ts';

export interface DynamoLocation {
  readonly table: string;
  /** Absent: as the AWS environment says. */
  readonly region?: string;
  /** Absent: Amazon's own. */
  readonly endpoint?: string;
}

/**
 * Links in one DynamoDB table, an item for each: what belongs to a link changes in one conditional write, and no
 * transaction is needed. Credentials are those of the machine's role, or of the AWS environment. Rejects when the
 * table can't be read, or is not there: only `migrateDynamo` makes it.
 */
export async function openDynamoStorage(location: DynamoLocation): Promise<Storage> {
  const client = dynamoClient(location);
  const documents = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const table = createDynamoTable(documents, location.table);
  const ping = async () => void (await table.get('ping'));
  try {
    await ping();
    await Array.fromAsync(table.findBySubject('ping'));
  } catch (error) {
    client.destroy();
    throw error;
  }
  return {
    links: createDynamoLinks(table),
    tickets: createDynamoTickets(table),
    attempts: createDynamoAttempts(table),
    // The table's time to live does it.
    removeEnded: async () => 0,
    ping,
    async close() {
      table.close();
      client.destroy();
    },
  };
}

/** More requests than these wait for each other, and the wait counts towards their time. */
const maxSockets = 200;

/** Each request ends within 5 seconds: two attempts of two at most, and the pause between them. */
export function dynamoClient({ region, endpoint }: DynamoLocation): DynamoDB {
  return new DynamoDB({
    region,
    endpoint,
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 1000,
      requestTimeout: 2000,
      throwOnRequestTimeout: true,
      // Also for an answer that begins and never ends.
      socketTimeout: 2000,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
  });
}

function createDynamoTickets(table: DynamoTable): TicketStore {
  const keyOf = (digest: string) => `ticket#${digest}`;
  return {
    async create(digest, { subject, username, expiresAt }) {
      // Under another name than a link's subject, which is in the index.
      const item = { [keyAttribute]: keyOf(digest), owner: subject, username, uses: 0 };
      await table.put({ ...item, [ttlAttribute]: expiresAt });
    },
    async use(digest, mostUses) {
      const isUsable = {
        text: '#uses < :mostUses',
        names: { uses: 'uses' },
        values: { ':mostUses': mostUses, ':one': 1 },
      };
      if (!(await table.update(keyOf(digest), 'ADD #uses :one', isUsable))) return undefined;
      const item = await table.get(keyOf(digest));
      if (item === undefined) return undefined;
      const { owner, username, [ttlAttribute]: expiresAt } = item;
      return { subject: owner, username, expiresAt } as Ticket;
    },
  };
}

/** A request that the client tries again may count twice: that is one attempt less, for a while. */
function createDynamoAttempts(table: DynamoTable): AttemptStore {
  return {
    add: (counters, by) =>
      Promise.all(counters.map(({ key, endsAt }) => table.add(`attempts#${key}`, 'count', by, endsAt))),
  };
}
