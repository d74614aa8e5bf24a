import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { dynamoClient } from '../../src/storage/dynamodb.ts';
import { migrateDynamo } from '../../src/storage/dynamodb-migrate.ts';
import { runCommand } from '../support/cli.ts';
import { awsEnvironment, type DynamoServer, startDynamo } from '../support/dynamodb.ts';
import {
  authorizeCode,
  authorizePath,
  isActive,
  link,
  redeem,
  refresh,
  settings,
  signIn,
  startServerIn,
  temporaryFolder,
} from '../support/server.ts';
import { faultOfReference, faultsOfResources, parseTemplate, referencesOf } from './resources.ts';

const text = readFileSync('deploy/cloudformation/links-table.yaml', 'utf8');

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface Template {
  readonly Parameters: Readonly<
    Record<string, { readonly Default: string; readonly AllowedPattern: string }>
  >;
  readonly Resources: Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
}

const template = parseTemplate(text) as unknown as Template;
const { LinksTable, LinksTablePolicy, InstanceRole, InstanceProfile } = template.Resources;

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

const policyOfTable = LinksTablePolicy?.Properties as Policy | undefined;
const actionsOf = (statement?: Statement) => [statement?.Action ?? []].flat();

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

describe('the template of the table of links', () => {
  it('is what CloudFormation knows, and refers to what there is', () => {
    expect(text).toMatch(/^[\n -~]+$/);
    expect(Object.keys(template).sort()).toEqual([
      'AWSTemplateFormatVersion',
      'Conditions',
      'Description',
      'Outputs',
      'Parameters',
      'Resources',
    ]);
    const parameters = Object.fromEntries(
      Object.keys(template.Parameters).map((name) => [name, 'parameter']),
    );
    expect(faultsOfResources(template.Resources, parameters)).toEqual([]);
    const types = new Map(Object.keys({ ...template.Resources, ...parameters }).map((name) => [name, '']));
    expect(
      referencesOf([template.Outputs, template.Conditions]).flatMap(
        (each) => faultOfReference(each, types) ?? [],
      ),
    ).toEqual([]);
  });

  it.each([
    ['lacks KeySchema', (table: string) => table.replace(/ {6}KeySchema:\n.*\n.*\n/, '')],
    [
      'has TimeToLive, which there is not',
      (table: string) => table.replace('TimeToLiveSpecification', 'TimeToLive'),
    ],
    [
      'is no boolean',
      (table: string) => table.replace('ProtectionEnabled: true', 'ProtectionEnabled: on demand'),
    ],
    [
      'nothing is called LinkTable',
      (table: string) => table.replace('!GetAtt LinksTable.Arn', '!GetAtt LinkTable.Arn'),
    ],
    [
      'LinksTable has no ARN',
      (table: string) => table.replace('!GetAtt LinksTable.Arn', '!GetAtt LinksTable.ARN'),
    ],
    [
      'AWS::DynamoDB::Tabel, which there is not',
      (table: string) => table.replace('DynamoDB::Table', 'DynamoDB::Tabel'),
    ],
  ])('would be found wrong: %s', (fault, spoil) => {
    const parameters = { TableName: '', SecretPrefix: '', RestoredTable: '' };
    const spoilt = parseTemplate(spoil(text)) as unknown as Template;
    expect(faultsOfResources(spoilt.Resources, parameters).join('\n')).toContain(fault);
  });

  it('keeps the table, whatever becomes of the stack, and every state of it for a while', () => {
    expect(LinksTable).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expire', Enabled: true },
      },
    });
  });

  it('makes the table that `migrate` makes', async () => {
    const location = {
      table: 'by-migrate',
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${dynamo.port}`,
    };
    await migrateDynamo(location);
    await createFromTemplate('by-template');
    const client = dynamoClient(location);
    onTestFinished(() => client.destroy());
    const tables = ['by-migrate', 'by-template'].map(async (TableName) => {
      const { Table } = await client.describeTable({ TableName });
      const indexes = Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection,
      }));
      const attributes = Table?.AttributeDefinitions?.map(
        ({ AttributeName, AttributeType }) => `${AttributeName} ${AttributeType}`,
      );
      return [Table?.KeySchema, attributes?.sort(), indexes, Table?.BillingModeSummary?.BillingMode];
    });
    const [migrated, templated] = await Promise.all(tables);
    expect(templated).toEqual(migrated);
  });

  it('allows what the server and its commands ask of the table, and nothing else', async () => {
    await createFromTemplate('alexa-links');
    const { port, asked } = await startRecorder();
    const folder = temporaryFolder();
    const env = {
      ...(await settings(folder)),
      ...awsEnvironment,
      STORAGE: dynamo.location('alexa-links', port),
    };
    const server = await startServerIn(folder, env);
    const token = await link(server);
    await refresh(server, (await redeem(server, await authorizeCode(server))).refresh_token);
    await signIn(server, authorizePath(), { username: 'alice', password: 'wrong', action: 'sign-in' });
    await signIn(server, '/links');
    expect(await isActive(server, token)).toBe(true);
    expect((await runCommand(['links', 'list'], env)).out).toContain('alice');
    const erased = await runCommand(['links', 'revoke', '--user', 'alice', '--erase'], env);
    expect(erased).toMatchObject({ code: 0, err: 'Storage: the DynamoDB table alexa-links\n' });
    expect(await isActive(server, token)).toBe(false);

    const [onTable, onIndex] = policyOfTable?.PolicyDocument.Statement ?? [];
    expect([...asked.table].sort()).toEqual([...actionsOf(onTable)].sort());
    expect([...asked.index]).toEqual(actionsOf(onIndex));
    const restored = `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/\${RestoredTable}`;
    const ifRestored = (arn: string) => ({
      'Fn::If': ['HasRestoredTable', { 'Fn::Sub': arn }, { Ref: 'AWS::NoValue' }],
    });
    expect(onTable?.Resource).toEqual([{ 'Fn::GetAtt': ['LinksTable', 'Arn'] }, ifRestored(restored)]);
    expect(onIndex?.Resource).toEqual([
      { 'Fn::Sub': `\${LinksTable.Arn}/index/by-subject` },
      ifRestored(`${restored}/index/by-subject`),
    ]);
  });

  it('lets the instances do their work, read secrets of this server’s, and nothing else', () => {
    const secret = `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:\${SecretPrefix}*`;
    const parameter = `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/\${SecretPrefix}*`;
    expect(InstanceRole?.Properties).toEqual({
      Description: expect.any(String),
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      ManagedPolicyArns: [
        { 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/AWSElasticBeanstalkWebTier` },
        { Ref: 'LinksTablePolicy' },
      ],
      Policies: [
        {
          PolicyName: 'secrets',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { 'Fn::Sub': secret } },
              { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: { 'Fn::Sub': parameter } },
            ],
          },
        },
      ],
    });
    expect(policyOfTable?.PolicyDocument.Statement.map(({ Effect }) => Effect)).toEqual(['Allow', 'Allow']);
    expect(InstanceProfile?.Properties).toEqual({ Roles: [{ Ref: 'InstanceRole' }] });
  });

  it('names the table as the settings do, and the one that is used', () => {
    expect(LinksTable?.Properties['TableName']).toEqual({ Ref: 'TableName' });
    expect(readFileSync('.ebextensions/site.config', 'utf8')).toContain(
      `STORAGE: dynamodb:${template.Parameters['TableName']?.Default}\n`,
    );
    expect(template.Conditions).toEqual({
      HasRestoredTable: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'RestoredTable' }, ''] }] },
    });
    expect(template.Outputs).toMatchObject({
      Storage: {
        Value: {
          'Fn::If': [
            'HasRestoredTable',
            { 'Fn::Sub': `dynamodb:\${RestoredTable}` },
            { 'Fn::Sub': `dynamodb:\${LinksTable}` },
          ],
        },
      },
      InstanceProfile: { Value: { Ref: 'InstanceProfile' } },
    });
  });

  it.each([
    ['TableName', 'alexa-links', ['', 'x', 'alexa links', '*']],
    ['SecretPrefix', 'alexa-account-linking/', ['', '/', '/links/', 'alexa', '*/']],
    ['RestoredTable', 'alexa-links-restored', ['x', '*', 'a b c']],
  ])('takes for %s what can be meant', (name, good, bad) => {
    const { AllowedPattern = '', Default } = template.Parameters[name] ?? {};
    const pattern = new RegExp(`^(?:${AllowedPattern})$`);
    for (const value of [good, Default]) expect(value).toMatch(pattern);
    for (const value of bad) expect(value).not.toMatch(pattern);
  });
});

/** Makes the table as CloudFormation would, of as much as the stand-in knows. */
async function createFromTemplate(TableName: string): Promise<void> {
  const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } =
    LinksTable?.Properties ?? {};
  const properties = { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes };
  const client = dynamoClient({
    table: TableName,
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${dynamo.port}`,
  });
  await client.createTable({ TableName, ...properties } as CreateTableCommandInput);
  client.destroy();
}

/** Passes on what is asked of DynamoDB, and notes the actions. */
async function startRecorder() {
  const asked = { table: new Set<string>(), index: new Set<string>() };
  const recorder = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const action = String(incoming.headers['x-amz-target']).replace(/^.*\./, 'dynamodb:');
    asked['IndexName' in JSON.parse(body.toString()) ? 'index' : 'table'].add(action);
    const { headers, method, url: path } = incoming;
    request({ host: '127.0.0.1', port: dynamo.port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    }).end(body);
  });
  recorder.listen(0, '127.0.0.1');
  await once(recorder, 'listening');
  onTestFinished(() => {
    recorder.closeAllConnections();
    recorder.close();
  });
  return { port: (recorder.address() as AddressInfo).port, asked };
}
