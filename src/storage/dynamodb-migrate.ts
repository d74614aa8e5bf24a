import { type DynamoDB, ResourceInUseException, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type DynamoLocation, dynamoClient } from './dynamodb.ts';
import { keyAttribute, subjectIndex, ttlAttribute } from './dynamodb-table.ts';

/**
 * Makes the table where it is not there yet, paid by request, protected from deletion, and has it take out what has
 * ended. Changes nothing in a table that is there, but for that last setting.
 */
export async function migrateDynamo(location: DynamoLocation): Promise<void> {
  const client = dynamoClient(location);
  try {
    await createTable(client, location.table);
    await waitUntilTableExists({ client, maxWaitTime: 120 }, { TableName: location.table });
    await takeOutEnded(client, location.table);
  } finally {
    client.destroy();
  }
}

async function createTable(client: DynamoDB, TableName: string): Promise<void> {
  try {
    await client.createTable({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      AttributeDefinitions: [
        { AttributeName: keyAttribute, AttributeType: 'S' },
        { AttributeName: subjectIndex.attribute, AttributeType: 'S' },
        { AttributeName: subjectIndex.sortAttribute, AttributeType: 'N' },
      ],
      KeySchema: [{ AttributeName: keyAttribute, KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: subjectIndex.name,
          KeySchema: [
            { AttributeName: subjectIndex.attribute, KeyType: 'HASH' },
            { AttributeName: subjectIndex.sortAttribute, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

/** Stand-ins for DynamoDB may not know how; then what has ended stays in the table, and counts no more all the same. */
async function takeOutEnded(client: DynamoDB, TableName: string): Promise<void> {
  const wanted = { AttributeName: ttlAttribute, Enabled: true };
  await client.updateTimeToLive({ TableName, TimeToLiveSpecification: wanted }).catch((error: Error) => {
    if (!/^UnknownOperation|already enabled/.test(`${error.name} ${error.message}`)) throw error;
  });
}
