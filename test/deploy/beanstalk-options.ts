/*
 * What Elastic Beanstalk knows: namespaces, their options, and the values that those take. Of those that are used here, from
 * docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html, each as its row in the table there has it.
 */

type Values = readonly string[] | RegExp | { readonly from: number; readonly to: number };

const flag = ['true', 'false'];
const anything = /./;
const arn = /^arn:aws[\w-]*:[\w-]+:[\w-]*:\d{12}:\S+$/;
const variableName = /^[A-Z][A-Z0-9_]*$/;

const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653].map(String);

const listener: Readonly<Record<string, Values>> = {
  DefaultProcess: /^[\w-]+$/,
  ListenerEnabled: flag,
  Protocol: ['HTTP', 'HTTPS'],
  Rules: /^[\w-]+(,[\w-]+)*$/,
  SSLCertificateArns: arn,
  SSLPolicy: /^ELBSecurityPolicy-[\w-]+$/,
};

const known: Readonly<Record<string, Readonly<Record<string, Values>>>> = {
  'aws:autoscaling:asg': {
    'Availability Zones': ['Any', 'Any 1', 'Any 2', 'Any 3'],
    Cooldown: { from: 0, to: 10_000 },
    MinSize: { from: 1, to: 10_000 },
    MaxSize: { from: 1, to: 10_000 },
  },
  'aws:autoscaling:launchconfiguration': {
    DisableIMDSv1: flag,
    MonitoringInterval: ['1 minute', '5 minute'],
    RootVolumeSize: { from: 8, to: 16_384 },
  },
  'aws:autoscaling:trigger': {
    BreachDuration: { from: 1, to: 600 },
    LowerThreshold: { from: 0, to: 20_000_000 },
    UpperThreshold: { from: 0, to: 20_000_000 },
    MeasureName: [
      'CPUUtilization',
      'NetworkIn',
      'NetworkOut',
      'Latency',
      'RequestCount',
      'TargetResponseTime',
    ],
    Statistic: ['Minimum', 'Maximum', 'Sum', 'Average'],
    Unit: [
      'Seconds',
      'Percent',
      'Bytes',
      'Bits',
      'Count',
      'Bytes/Second',
      'Bits/Second',
      'Count/Second',
      'None',
    ],
  },
  'aws:autoscaling:updatepolicy:rollingupdate': {
    RollingUpdateEnabled: flag,
    RollingUpdateType: ['Time', 'Health', 'Immutable'],
  },
  'aws:elasticbeanstalk:cloudwatch:logs': {
    StreamLogs: flag,
    DeleteOnTerminate: flag,
    RetentionInDays: days,
  },
  'aws:elasticbeanstalk:command': {
    DeploymentPolicy: ['AllAtOnce', 'Rolling', 'RollingWithAdditionalBatch', 'Immutable', 'TrafficSplitting'],
    Timeout: { from: 1, to: 3600 },
    IgnoreHealthCheck: flag,
  },
  'aws:elasticbeanstalk:environment': {
    EnvironmentType: ['SingleInstance', 'LoadBalanced'],
    LoadBalancerType: ['classic', 'application', 'network'],
    LoadBalancerIsShared: flag,
  },
  'aws:elasticbeanstalk:environment:process:default': {
    DeregistrationDelay: { from: 0, to: 3600 },
    HealthCheckInterval: { from: 5, to: 300 },
    HealthCheckPath: /^\/\S*$/,
    HealthCheckTimeout: { from: 1, to: 60 },
    HealthyThresholdCount: { from: 2, to: 10 },
    UnhealthyThresholdCount: { from: 2, to: 10 },
    MatcherHTTPCode: /^[2-4]\d\d(,[2-4]\d\d)*$/,
    Port: { from: 1, to: 65_535 },
    Protocol: ['HTTP', 'HTTPS'],
    StickinessEnabled: flag,
  },
  'aws:elasticbeanstalk:healthreporting:system': {
    SystemType: ['basic', 'enhanced'],
    ConfigDocument: /^\{.*\}$/s,
    HealthCheckSuccessThreshold: ['Ok', 'Warning', 'Degraded', 'Severe'],
  },
  'aws:elasticbeanstalk:managedactions': {
    ManagedActionsEnabled: flag,
    PreferredStartTime: /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun):([01]\d|2[0-3]):[0-5]\d$/,
  },
  'aws:elasticbeanstalk:managedactions:platformupdate': {
    UpdateLevel: ['patch', 'minor'],
    InstanceRefreshEnabled: flag,
  },
  'aws:elbv2:listener:default': listener,
  'aws:elbv2:listener:443': listener,
  'aws:elbv2:loadbalancer': { IdleTimeout: { from: 1, to: 3600 }, IpAddressType: ['ipv4', 'dualstack'] },
};

/** Namespaces in which any name can be chosen, with the values that each takes. */
const free: Readonly<Record<string, Values>> = {
  'aws:elasticbeanstalk:application:environment': anything,
  'aws:elasticbeanstalk:application:environmentsecrets': arn,
};

/** Namespaces that mean something only where there is a load balancer. */
export const ofBalancers =
  /^aws:(elb|elbv2):|^aws:elasticbeanstalk:environment:process:|^aws:autoscaling:(asg|trigger|updatepolicy)/;

/** What Elastic Beanstalk would say of an option; undefined where it takes it. */
export function faultOfOption(namespace: string, name: string, value: string): string | undefined {
  const values = free[namespace] === undefined ? known[namespace]?.[name] : free[namespace];
  if (free[namespace] !== undefined && !variableName.test(name)) return `${name} is no name of a variable`;
  if (values === undefined) return `${namespace} has no ${name}`;
  return takes(values, value) ? undefined : `${namespace} ${name} does not take ${value}`;
}

function takes(values: Values, value: string): boolean {
  if (values instanceof RegExp) return values.test(value);
  if ('from' in values)
    return /^\d+$/.test(value) && Number(value) >= values.from && Number(value) <= values.to;
  return values.includes(value);
}
