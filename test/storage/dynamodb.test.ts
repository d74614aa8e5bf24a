import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrateStorage, openStorage, StartError } from '../../src/adapters.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { StorageLocation } from '../../src/config/storage-location.ts';
import { dynamoClient } from '../../src/storage/dynamodb.ts';
import { type DynamoServer, startDynamo } from '../support/dynamodb.ts';
import { describeAttemptStore } from './attempt-store-conformance.ts';
import { describeRaces } from './races.ts';
import { describeStorage, keepCode, keepLink, madeAt, newRenewal } from './storage-conformance.ts';

let dynamo: DynamoServer;
let location: string;

beforeAll(async () => {
  dynamo = await startDynamo();
  location = dynamo.location('alexa-links');
  await migrateStorage(parsed(location));
});

afterAll(() => dynamo.stop());

function parsed(value: string): StorageLocation {
  const result = parseConfig({ STORAGE: value });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.config.storage;
}

async function open() {
  const storage = await openStorage(parsed(location));
  onTestFinished(() => storage.close());
  return storage;
}

describeStorage('DynamoDB', open);
describeAttemptStore('DynamoDB', async () => [(await open()).attempts, (await open()).attempts]);
describeRaces('DynamoDB', async () => ({ storage: await open(), location }));

describe('DynamoDB', () => {
  const client = () =>
    dynamoClient({ table: '', region: 'eu-west-1', endpoint: `http://127.0.0.1:${dynamo.port}` });

  it('is not opened where there is no table, and says how to make it', async () => {
    const opening = openStorage(parsed(dynamo.location('not-there')));
    await expect(opening).rejects.toThrow(StartError);
    await expect(opening).rejects.toThrow(
      /the DynamoDB table not-there: .*: there is no such table.*migrate/,
    );
  });

  it('is made once, by the hour of use, and left as it is when made again, also by ten at once', async () => {
    const table = `t-${randomUUID()}`;
    const [first] = [parsed(dynamo.location(table))];
    await Promise.all(Array.from({ length: 10 }, () => migrateStorage(first)));
    const storage = await openStorage(first);
    onTestFinished(() => storage.close());
    const { link } = await keepLink(storage);
    await migrateStorage(first);
    expect(await storage.links.find(link.id)).toEqual(link);
    const { Table } = await client().describeTable({ TableName: table });
    expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it('marks what ends for DynamoDB to take out, 90 days after its end, and nothing else', async () => {
    const storage = await open();
    const item = async (key: string) =>
      (await client().getItem({ TableName: 'alexa-links', Key: { key: { S: key } } })).Item;
    const [endless, ending, revoked] = [
      await keepLink(storage),
      await keepLink(storage, { expiresAt: madeAt }),
      await keepLink(storage),
    ];
    await storage.links.revoke(revoked.link.id, madeAt + 7);
    expect(await item(`link#${endless.link.id}`)).not.toHaveProperty('expire');
    expect((await item(`link#${ending.link.id}`))?.['expire']).toEqual({ N: String(madeAt + 7_776_000) });
    expect((await item(`link#${revoked.link.id}`))?.['expire']).toEqual({ N: String(madeAt + 7_776_007) });
    await storage.tickets.create('some', { subject: 's', username: 'u', expiresAt: madeAt });
    expect((await item('ticket#some'))?.['expire']).toEqual({ N: String(madeAt) });
    await storage.attempts.add([{ key: 'some', endsAt: 1_900_000_000 }], 1);
    expect((await item('attempts#some'))?.['expire']?.N).toBe('1900000000');
  });

  it('marks a link anew when it is redeemed and refreshed', async () => {
    const { links } = await open();
    const { id } = await keepCode({ links });
    const until = async () =>
      (await client().getItem({ TableName: 'alexa-links', Key: { key: { S: `link#${id}` } } })).Item?.[
        'expire'
      ]?.N;
    expect(await until()).toBe(String(madeAt + 300 + 7_776_000));
    const [first, second] = [newRenewal(), newRenewal(madeAt + 1000)];
    await links.redeemCode(id, 'x', first);
    expect(await until()).toBe(String(first.expiresAt + 7_776_000));
    await links.addAccessToken(id, second);
    expect(await until()).toBe(String(second.expiresAt + 7_776_000));
  });

  it('takes the same again for the same, so that a lost answer may be asked for again', async () => {
    const { links } = await open();
    const link = await keepCode({ links });
    expect(await links.create(link, [])).toBe(false);
    expect(await links.find(link.id)).toEqual(link);
    const renewal = newRenewal();
    for (let time = 0; time < 2; time += 1) {
      expect(await links.redeemCode(link.id, 'mine', renewal)).toBe(true);
      expect(await links.addAccessToken(link.id, renewal)).toBe(true);
    }
    expect(await links.redeemCode(link.id, 'another', renewal)).toBe(false);
  });

  it('is neither made ready nor opened where its index is from before the first release', async () => {
    const table = `t-${randomUUID()}`;
    const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' }) as const;
    const key = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' }) as const;
    await client().createTable({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('key'), text('subject')],
      KeySchema: [key('key')],
      GlobalSecondaryIndexes: [
        { IndexName: 'by-subject', KeySchema: [key('subject')], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    });
    for (const use of [migrateStorage, openStorage])
      await expect(use(parsed(dynamo.location(table)))).rejects.toThrow(
        /index by-subject: name another table/,
      );
  });
});
