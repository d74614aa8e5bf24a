import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseConfig } from '../../src/config/config.ts';
import { readSettings, type Texts } from '../../src/config/environment.ts';
import { sayProblem } from '../../src/config/problem.ts';
import { openViews } from '../../src/pages/views.ts';
import { TextFileError } from '../../src/text-file.ts';
import type { AddProblem, BundleFiles, Profile } from './files.ts';
import { type Setting, secrets, variables } from './options.ts';

interface Deployment {
  readonly files: BundleFiles;
  readonly profile: Profile;
  readonly options: readonly Setting[];
  readonly allowLosingLinks: boolean;
}

/** Everything that would make the first deployment fail, or lose links later, with what to do. Gives warnings. */
export function checkDeployment(deployment: Deployment, addProblem: AddProblem): readonly string[] {
  const { options, profile } = deployment;
  const unfinished = options.filter(isPlaceholder);
  for (const { file, name } of unfinished) addProblem(`${name} in ${file}`, 'is still to be filled in');
  const finished = options.filter((option) => !unfinished.includes(option));
  for (const { file, namespace, name, value } of finished)
    if (namespace === secrets && !secretArn.test(value))
      addProblem(
        `${name} in ${file}`,
        'must be the ARN of a secret or a parameter, like arn:aws:secretsmanager:eu-west-1:111122223333:secret:NAME',
      );
  if (profile === 'load-balanced') checkCertificate(deployment, addProblem);
  else
    for (const { file, namespace } of finished.filter((option) => option.namespace.startsWith('aws:elbv2:')))
      addProblem(file, `has ${namespace}, and a single instance has no load balancer`);
  checkRegions(finished, addProblem);
  const given = finished.filter(({ namespace }) => namespace === variables);
  for (const { name, file } of given)
    if (isSecret(name, options))
      addProblem(`${name} in ${file}`, 'is there twice, as it is and as a secret: remove one of the two');
  checkRoom(given, addProblem);
  for (const { file, name } of given.filter(holdsSecret))
    addProblem(
      `${name} in ${file}`,
      'holds a secret, and whoever may look at the environment can read it there: keep it in Secrets Manager or ' +
        `Parameter Store, and give its ARN under ${secrets}`,
    );
  checkViews(environmentOf(given)['VIEWS'], deployment.files, addProblem);
  return checkConfiguration(deployment, given, addProblem);
}

const certificateArn =
  /^arn:aws[\w-]*:(acm:[\w-]+:\d{12}:certificate|iam::\d{12}:server-certificate)\/[\w./+=,@-]+$/;
const secretArn =
  /^arn:aws[\w-]*:(secretsmanager:[\w-]+:\d{12}:secret:|ssm:[\w-]+:\d{12}:parameter\/)[\w/+=.@:-]+$/;

/** What the files are delivered with, and what documentation is written with, ours and AWS's. */
const example =
  /REPLACE|(their|your)domain|\bM2A{12}\b|\b(example\.(com|net|org)|111122223333|123456789012|210987654321)\b/i;

function isPlaceholder({ value }: Setting): boolean {
  return example.test(value);
}

function checkCertificate({ options }: Deployment, addProblem: AddProblem): void {
  const certificate = options.find(
    ({ namespace, name }) => namespace === 'aws:elbv2:listener:443' && name === 'SSLCertificateArns',
  );
  if (certificate === undefined)
    addProblem('SSLCertificateArns', 'is missing for aws:elbv2:listener:443: HTTPS needs a certificate');
  else if (!isPlaceholder(certificate) && !certificateArn.test(certificate.value))
    addProblem(
      `SSLCertificateArns in ${certificate.file}`,
      'must be the ARN of a certificate, like arn:aws:acm:eu-west-1:111122223333:certificate/ID',
    );
}

/** A load balancer takes certificates of its own region alone, and instances look for secrets there. */
function checkRegions(settings: readonly Setting[], addProblem: AddProblem): void {
  const regions = new Set(settings.flatMap(({ value }) => regionOf(value) ?? []));
  if (regions.size > 1)
    addProblem(
      'The ARNs',
      `are of different regions, ${[...regions].join(' and ')}: all must be of the environment’s`,
    );
}

/** The region in an ARN. */
export function regionOf(arn: string): string | undefined {
  return /^arn:aws[\w-]*:(?:acm|secretsmanager|ssm):([\w-]+):/.exec(arn)?.[1];
}

const alwaysSecret = ['USERS_PEPPER', 'USERS_LDAP_BIND_PASSWORD', 'USERS_HTTP_TOKEN'];

function holdsSecret({ name, value }: Setting): boolean {
  return (
    alwaysSecret.includes(name) ||
    !!URL.parse(value)?.password ||
    hasOpenSecret(value) ||
    /"d"\s*:/.test(value)
  );
}

/** Whether clients' secrets are in it themselves, and not their digests. */
const hasOpenSecret = (clients: string) => /"client_secret"\s*:\s*"(?!sha256:)/.test(clients);

/** The limit is of docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-softwaresettings.html */
const mostBytes = 4096;

function checkRoom(given: readonly Setting[], addProblem: AddProblem): void {
  const bytes = Buffer.byteLength(given.map(({ name, value }) => `${name}=${value},`).join(''));
  if (bytes > mostBytes)
    addProblem(
      'The variables',
      `have ${bytes} bytes, and Elastic Beanstalk takes ${mostBytes}: put CLIENTS into a file in site/`,
    );
}

/** What is lost, or reached by nobody, though the server itself would start with it. */
function checkFit(
  { profile, allowLosingLinks }: Deployment,
  { STORAGE, NODE_ENV, PORT, PUBLIC_URL }: Texts,
  addProblem: AddProblem,
): void {
  if (/^sqlite:/i.test(STORAGE ?? '') && !allowLosingLinks)
    addProblem(
      'STORAGE',
      'is a file on the instance, which is lost whenever Elastic Beanstalk replaces it, and everybody has to link again: ' +
        'use dynamodb:, or --allow-losing-links to try things out',
    );
  if (NODE_ENV !== 'production')
    addProblem('NODE_ENV', 'must be production: anything else has a demo and a simulator');
  if (profile === 'single' && PORT !== '8080')
    addProblem('PORT', 'must be 8080, where nginx looks for the server');
  const url = URL.parse(PUBLIC_URL ?? '');
  if (url !== null && (url.port !== '' || isIP(url.hostname) > 0))
    addProblem(
      'PUBLIC_URL',
      'must have a domain and no port: Alexa calls port 443, and certificates are for names',
    );
}

/** The server's own check, of what is known here: not of secrets, nor of what is on the instance alone. */
function checkConfiguration(
  deployment: Deployment,
  given: readonly Setting[],
  addProblem: AddProblem,
): readonly string[] {
  const { options, files } = deployment;
  const known = given.filter(({ value }) => !/^(\w+:)?\/(?!\/)/.test(value.trim()));
  const unknown = options
    .filter(({ namespace }) => namespace === variables || namespace === secrets)
    .filter((option) => !known.includes(option))
    .map(({ name }) => name.replace(/_FILE$/, ''));
  const warnings = new Set<string>();
  if (isSecret('USERS', options) && !options.some(({ name }) => name === 'USERS_QUERY'))
    warnings.add('USERS is a secret: if it names a database, USERS_QUERY is needed as well (docs/users.md)');
  const env = environmentOf(known);
  for (const { name, path } of filesNamed(env)) {
    const found = files.get(path.replace(/^\.\//, ''));
    if (found === undefined) {
      addProblem(name, `names ${path}, but ${notInBundle}`);
      unknown.push(name.replace(/_FILE$/, ''));
      continue;
    }
    const text = readFileSync(found, 'utf8');
    const [left] = example.exec(text) ?? [];
    if (left !== undefined && text.includes('client_id'))
      addProblem(found, `still has ${left}, which is only an example`);
    if (hasOpenSecret(text))
      warnings.add(
        `${found} has a client_secret as it is, which goes into the bundle: its digest is enough, as sha256:…`,
      );
  }
  const parsed = parseConfig(env);
  if ('problems' in parsed)
    for (const problem of parsed.problems)
      if (!unknown.some((name) => isAbout(name, problem.setting)))
        addProblem(problem.setting, sayProblem({ ...problem, setting: '' }).trim());
  checkFit(deployment, readSettings(environmentOf(given)).texts, addProblem);
  if (/\.elasticbeanstalk\.com\b/i.test(environmentOf(given)['PUBLIC_URL'] ?? ''))
    warnings.add(
      'PUBLIC_URL is at elasticbeanstalk.com: Amazon certifies no skill whose pages are not at a domain of yours',
    );
  return [...warnings, ...parsed.warnings];
}

/** The folder that `VIEWS` names, as it goes along; the checkout is the working directory. */
function checkViews(folder: string | undefined, files: BundleFiles, addProblem: AddProblem): void {
  if (folder === undefined) return;
  const prefix = `${folder.replace(/^\.\//, '').replace(/\/+$/, '')}/`;
  if (![...files.keys()].some((name) => name.startsWith(prefix))) {
    addProblem('VIEWS', `names ${folder}, but ${notInBundle}`);
    return;
  }
  try {
    openViews(folder);
  } catch (error) {
    if (!(error instanceof TextFileError)) throw error;
    addProblem('VIEWS', error.message);
  }
}

/** The files that variables name, each with its variable. */
function filesNamed(env: Readonly<Record<string, string>>): { name: string; path: string }[] {
  return Object.entries(env).flatMap(([name, value]) => {
    const inside = [...value.matchAll(/[?&](?:ssl-ca|sslrootcert|sslcert|sslkey)=([^&]+)/g)];
    const paths = inside.map(([, path = '']) => decodeURIComponent(path));
    const isPath = name.endsWith('_FILE') || (/^(CLIENTS|SIGNING_KEYS)$/.test(name) && !/^[[{]/.test(value));
    if (isPath) paths.push(value);
    const users = name === 'USERS' ? /^(?:file:)?([^:]+)$/.exec(value)?.[1] : undefined;
    if (users !== undefined && /^file:|^\.|\.[cm]?[jt]s$/.test(value)) paths.push(users);
    return paths.filter((path) => !path.startsWith('/')).map((path) => ({ name, path }));
  });
}

const notInBundle = 'it is not in the bundle: of what is yours only the folder site/ goes along';

/** Whether a problem is one of that variable: `CLIENTS[0].client_id` is of `CLIENTS`. */
const isAbout = (variable: string, where: string) => where === variable || where.startsWith(`${variable}[`);

const isSecret = (wanted: string, settings: readonly Setting[]) =>
  settings.some(({ namespace, name }) => namespace === secrets && name === wanted);

function environmentOf(options: readonly Setting[]): Readonly<Record<string, string>> {
  return Object.fromEntries(options.map(({ name, value }) => [name, value]));
}
