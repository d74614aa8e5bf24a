import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument, ScanCommandOutput } from '@aws-sdk/lib-dynamodb';
import { confirmed } from './stores.ts';

/** The partition key. */
export const keyAttribute = 'key';
/** Seconds since 1970 after which DynamoDB takes an item out, some time later; absent from what stays. */
export const ttlAttribute = 'expire';
/**
 * Finds the keys of a user's links, sorted by when they were created. What is at them is then read from the table, where
 * nothing is outdated.
 */
export const subjectIndex = { name: 'by-subject', attribute: 'subject', sortAttribute: 'createdAt' };

export type Item = Readonly<Record<string, unknown>>;

/** A condition in DynamoDB's words. What `names` calls `x` stands in it as `#x`, so that no reserved word is in the way. */
export interface Expression {
  readonly text: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values?: Item;
}

export type DynamoTable = ReturnType<typeof createDynamoTable>;

/** One table, read consistently; each method is one request, but for those that give pages. */
export function createDynamoTable(client: DynamoDBDocument, TableName: string) {
  const consistent = { TableName, ConsistentRead: true };
  const at = (key: string) => ({ TableName, Key: { [keyAttribute]: key } });
  let closed = false;

  /** The client would open itself again. */
  const ask = <Answer>(request: () => Promise<Answer>) =>
    confirmed(async () => {
      if (closed) throw new Error('the storage is closed');
      return request();
    });

  async function get(key: string): Promise<Item | undefined> {
    return (await ask(() => client.get({ ...consistent, ...at(key) }))).Item;
  }

  /** Asks page after page, each from where the one before ended. */
  async function* pages(
    next: (from: Item | undefined) => Promise<Pick<ScanCommandOutput, 'Items' | 'LastEvaluatedKey'>>,
  ) {
    let from: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await ask(() => next(from));
      yield Items as readonly Item[];
      from = LastEvaluatedKey;
    } while (from !== undefined);
  }

  return {
    get,

    /** False where the condition does not hold. */
    put: (item: Item, condition?: Expression) =>
      ask(() =>
        unlessConditionFails(client.put({ TableName, Item: item, ...(condition && conditional(condition)) })),
      ),

    /** `SET` and the like; false where the condition does not hold. The condition's names and values serve both. */
    update: (key: string, UpdateExpression: string, condition: Expression) =>
      ask(() =>
        unlessConditionFails(client.update({ ...at(key), UpdateExpression, ...conditional(condition) })),
      ),

    /** Adds to a number, which begins at 0, and returns it. The item ends at `expire`. */
    async add(key: string, attribute: string, by: number, expire: number): Promise<number> {
      const adding = {
        ...at(key),
        UpdateExpression: 'ADD #attribute :by SET #expire = :expire',
        ExpressionAttributeNames: { '#attribute': attribute, '#expire': ttlAttribute },
        ExpressionAttributeValues: { ':by': by, ':expire': expire },
        ReturnValues: 'UPDATED_NEW',
      } as const;
      return Number((await ask(() => client.update(adding))).Attributes?.[attribute]);
    },

    /** False where there was none. */
    delete: async (key: string) =>
      (await ask(() => client.delete({ ...at(key), ReturnValues: 'ALL_OLD' }))).Attributes !== undefined,

    /** All that match, a page at a time. */
    scan(filter: Expression) {
      const { ConditionExpression: FilterExpression, ...rest } = conditional(filter);
      return pages((from) =>
        client.scan({ ...consistent, ...rest, FilterExpression, ExclusiveStartKey: from }),
      );
    },

    /** A user's items, newest first, a page at a time. */
    async *findBySubject(subject: string) {
      const query = {
        TableName,
        IndexName: subjectIndex.name,
        // The second condition holds for every link. An index that is not sorted by it refuses the query.
        KeyConditionExpression: '#subject = :subject AND #createdAt > :start',
        ExpressionAttributeNames: {
          '#subject': subjectIndex.attribute,
          '#createdAt': subjectIndex.sortAttribute,
        },
        ExpressionAttributeValues: { ':subject': subject, ':start': 0 },
        ScanIndexForward: false,
        Limit: pageSize,
      };
      const found = pages((from) => client.query({ ...query, ExclusiveStartKey: from }));
      for await (const page of found) {
        const items = await Promise.all(page.map((item) => get(String(item[keyAttribute]))));
        yield items.filter((item) => item !== undefined);
      }
    },

    close() {
      closed = true;
    },
  };
}

/** Of a user's items; each is one more request. */
const pageSize = 100;

function conditional({ text, names, values }: Expression) {
  return {
    ConditionExpression: text,
    ExpressionAttributeNames: Object.fromEntries(
      Object.entries(names).map(([alias, name]) => [`#${alias}`, name]),
    ),
    ...(values !== undefined && { ExpressionAttributeValues: values }),
  };
}

async function unlessConditionFails(sending: Promise<unknown>): Promise<boolean> {
  try {
    await sending;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
