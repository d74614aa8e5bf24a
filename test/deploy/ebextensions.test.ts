import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findFiles, type Profile } from '../../scripts/bundle/files.ts';
import { readOptions, sections } from '../../scripts/bundle/options.ts';
import { noProblem } from '../support/no-problem.ts';
import { faultOfOption, ofBalancers } from './beanstalk-options.ts';
import { faultsOfResources } from './resources.ts';

/** What an environment has without saying so, of what is named here. */
const platform: Readonly<Record<Profile, Readonly<Record<string, string>>>> = {
  'load-balanced': {
    AWSEBAutoScalingGroup: 'AWS::AutoScaling::AutoScalingGroup',
    AWSEBSecurityGroup: 'AWS::EC2::SecurityGroup',
    AWSEBV2LoadBalancer: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    AWSEBV2LoadBalancerTargetGroup: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    AWSEBLoadBalancerSecurityGroup: 'AWS::EC2::SecurityGroup',
  },
  single: {
    AWSEBAutoScalingGroup: 'AWS::AutoScaling::AutoScalingGroup',
    AWSEBSecurityGroup: 'AWS::EC2::SecurityGroup',
    AWSEBEIP: 'AWS::EC2::EIP',
  },
};

const configurations = globSync(['.ebextensions/*', 'deploy/*/.ebextensions/*']);

describe('a configuration file of Elastic Beanstalk', () => {
  it.each(configurations)('%s is ASCII, without tabs, in sections that there are', (path) => {
    const text = readFileSync(path, 'utf8');
    expect(path).toMatch(/\.config$/);
    expect(text).toMatch(/^[\n -~]+$/);
    const content: Record<string, unknown> = parse(text);
    expect(sections).toEqual(expect.arrayContaining(Object.keys(content)));
  });
});

describe.each(['load-balanced', 'single'] as const)('the profile %s', (profile) => {
  const files = findFiles(profile, noProblem);
  const options = readOptions(files, noProblem);
  const optionsOf = (namespace: string) =>
    Object.fromEntries(
      options.filter((each) => each.namespace === namespace).map(({ name, value }) => [name, value]),
    );

  it('sets what Elastic Beanstalk knows, to values that it takes', () => {
    const delivered = options.filter(({ value }) => !value.startsWith('REPLACE-WITH-'));
    expect(delivered.length).toBeGreaterThan(12);
    expect(
      delivered.flatMap(({ namespace, name, value }) => faultOfOption(namespace, name, value) ?? []),
    ).toEqual([]);
  });

  it('names only resources that there are in such an environment', () => {
    const contents = [...files].filter(([name]) => name.startsWith('.ebextensions/'));
    const resources = Object.assign(
      {},
      ...contents.map(([, path]) => parse(readFileSync(path, 'utf8')).Resources),
    );
    expect(Object.keys(resources)).toHaveLength(1);
    expect(faultsOfResources(resources, platform[profile])).toEqual([]);
    const other = platform[profile === 'single' ? 'load-balanced' : 'single'];
    if (profile === 'load-balanced') expect(faultsOfResources(resources, other)).not.toEqual([]);
  });

  it('keeps what is in the log for a month, and counts no 4xx as a failure', () => {
    expect(optionsOf('aws:elasticbeanstalk:cloudwatch:logs')).toEqual({
      StreamLogs: 'true',
      DeleteOnTerminate: 'false',
      RetentionInDays: '30',
    });
    const { SystemType, ConfigDocument = '' } = optionsOf('aws:elasticbeanstalk:healthreporting:system');
    expect(SystemType).toBe('enhanced');
    expect(JSON.parse(ConfigDocument)).toEqual({
      Version: 1,
      Rules: {
        Environment: {
          Application: { ApplicationRequests4xx: { Enabled: false } },
          ELB: { ELBRequests4xx: { Enabled: false } },
        },
      },
    });
  });

  it('runs in production, patched, and gives its credentials to nobody who can only get', () => {
    expect(optionsOf('aws:elasticbeanstalk:application:environment')).toMatchObject({
      NODE_ENV: 'production',
      PORT: '8080',
      AWS_REGION: '`{"Ref": "AWS::Region"}`',
      TRUST_PROXY: profile === 'single' ? 'loopback' : 'loopback,linklocal,uniquelocal',
    });
    expect(optionsOf('aws:autoscaling:launchconfiguration')).toEqual({ DisableIMDSv1: 'true' });
    expect(optionsOf('aws:elasticbeanstalk:managedactions')['ManagedActionsEnabled']).toBe('true');
  });

  it('has a load balancer, or nothing that is one’s', () => {
    const names = options
      .map(({ namespace }) => namespace)
      .filter((namespace) => ofBalancers.test(namespace));
    expect(names.length > 0).toBe(profile === 'load-balanced');
    const { EnvironmentType, LoadBalancerType } = optionsOf('aws:elasticbeanstalk:environment');
    expect([EnvironmentType, LoadBalancerType]).toEqual(
      profile === 'single' ? ['SingleInstance', undefined] : ['LoadBalanced', 'application'],
    );
  });
});

describe('with a load balancer', () => {
  const options = readOptions(findFiles('load-balanced', noProblem), noProblem);
  const value = (namespace: string, name: string) =>
    options.find((each) => each.namespace === namespace && each.name === name)?.value;

  it('no connection is cut while it is used: idle ones end first at who sends, and draining takes longer than a stop', () => {
    expect(Number(value('aws:elbv2:loadbalancer', 'IdleTimeout'))).toBeLessThan(60);
    const delay = value('aws:elasticbeanstalk:environment:process:default', 'DeregistrationDelay');
    expect(Number(delay)).toBeGreaterThan(25);
  });

  it('health is what /healthz says', () => {
    expect(value('aws:elasticbeanstalk:environment:process:default', 'HealthCheckPath')).toBe('/healthz');
    expect(value('aws:elasticbeanstalk:environment:process:default', 'MatcherHTTPCode')).toBe('200');
  });

  it('HTTPS is as AWS recommends it', () => {
    expect(value('aws:elbv2:listener:443', 'SSLPolicy')).toBe('ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09');
    expect(value('aws:elbv2:listener:443', 'Protocol')).toBe('HTTPS');
  });
});

describe('the table of options', () => {
  it.each([
    ['aws:elasticbeanstalk:command', 'DeploymentPolicy', 'immutable'],
    ['aws:elasticbeanstalk:comand', 'DeploymentPolicy', 'Immutable'],
    ['aws:elbv2:loadbalancer', 'IdleTimeOut', '50'],
    ['aws:elbv2:loadbalancer', 'IdleTimeout', '0'],
    ['aws:elasticbeanstalk:cloudwatch:logs', 'RetentionInDays', '31'],
    ['aws:elasticbeanstalk:managedactions', 'PreferredStartTime', 'Tue:9:00'],
    ['aws:elasticbeanstalk:application:environmentsecrets', 'USERS', 'postgres://…'],
    ['aws:elasticbeanstalk:application:environment', 'trust proxy', '1'],
  ])('knows that %s %s does not take %s', (namespace, name, value) => {
    expect(faultOfOption(namespace, name, value)).toBeDefined();
  });
});
