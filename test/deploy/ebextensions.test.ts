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
    const resources = resourcesOf(profile);
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
    // All three are needed for any of it.
    expect(optionsOf('aws:elasticbeanstalk:managedactions')).toEqual({
      ManagedActionsEnabled: 'true',
      PreferredStartTime: 'Tue:09:00',
    });
    expect(optionsOf('aws:elasticbeanstalk:managedactions:platformupdate')).toEqual({ UpdateLevel: 'minor' });
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

/** The resources of a profile. */
function resourcesOf(profile: Profile): Readonly<Record<string, unknown>> {
  const files = [...findFiles(profile, noProblem)].filter(([name]) => name.startsWith('.ebextensions/'));
  return Object.assign({}, ...files.map(([, path]) => parse(readFileSync(path, 'utf8')).Resources));
}

describe('on a single instance', () => {
  it('the world reaches port 443', () => {
    expect(resourcesOf('single')).toEqual({
      HttpsIngress: {
        Type: 'AWS::EC2::SecurityGroupIngress',
        Properties: {
          GroupId: { 'Fn::GetAtt': ['AWSEBSecurityGroup', 'GroupId'] },
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          CidrIp: '0.0.0.0/0',
        },
      },
    });
  });

  it('a deployment is made in place, so that the address and the certificate stay', () => {
    const options = readOptions(findFiles('single', noProblem), noProblem);
    expect(options.find(({ name }) => name === 'DeploymentPolicy')?.value).toBe('AllAtOnce');
  });
});

describe('with a load balancer', () => {
  const options = readOptions(findFiles('load-balanced', noProblem), noProblem);

  it('port 80 sends everybody to the same address at HTTPS', () => {
    expect(resourcesOf('load-balanced')).toEqual({
      AWSEBV2LoadBalancerListener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          LoadBalancerArn: { Ref: 'AWSEBV2LoadBalancer' },
          Port: 80,
          Protocol: 'HTTP',
          DefaultActions: [
            {
              Type: 'redirect',
              RedirectConfig: {
                Protocol: 'HTTPS',
                Port: '443',
                Host: '#{host}',
                Path: '/#{path}',
                Query: '#{query}',
                StatusCode: 'HTTP_301',
              },
            },
          ],
        },
      },
    });
  });

  it('new instances are healthy before old ones go', () => {
    expect(value('aws:elasticbeanstalk:command', 'DeploymentPolicy')).toBe('Immutable');
    expect(value('aws:autoscaling:updatepolicy:rollingupdate', 'RollingUpdateEnabled')).toBe('true');
    expect(value('aws:autoscaling:updatepolicy:rollingupdate', 'RollingUpdateType')).toBe('Health');
    const process = (name: string) => Number(value('aws:elasticbeanstalk:environment:process:default', name));
    expect(process('HealthCheckTimeout')).toBeLessThan(process('HealthCheckInterval'));
    const group = (name: string) => Number(value('aws:autoscaling:asg', name));
    expect(group('MinSize')).toBeLessThanOrEqual(group('MaxSize'));
    const trigger = (name: string) => Number(value('aws:autoscaling:trigger', name));
    expect(trigger('LowerThreshold')).toBeLessThan(trigger('UpperThreshold'));
  });
  const value = (namespace: string, name: string) =>
    options.find((each) => each.namespace === namespace && each.name === name)?.value;

  it('no connection is cut while it is used: idle ones end first at who sends, and draining takes longer than a stop', () => {
    const idle = Number(value('aws:elbv2:loadbalancer', 'IdleTimeout'));
    expect(idle).toBeLessThan(60);
    expect(idle).toBeGreaterThan(30);
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
    expect(value('aws:elbv2:listener:443', 'ListenerEnabled')).toBe('true');
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
