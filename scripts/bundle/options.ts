import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AddProblem, BundleFiles } from './files.ts';

/** One setting of Elastic Beanstalk's, and the file of the checkout that has it. */
export interface Setting {
  readonly file: string;
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
}

/** The sections that a configuration file may have: docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html */
export const sections = [
  'option_settings',
  'Resources',
  'Parameters',
  'Outputs',
  'Mappings',
  'Conditions',
  'Metadata',
  'packages',
  'sources',
  'files',
  'users',
  'groups',
  'commands',
  'container_commands',
  'services',
] as const;

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const empty = z.null().transform(() => ({}));
const byNamespace = z.record(z.string(), z.union([empty, z.record(z.string(), scalar)]));
const asList = z.array(
  z.object({ namespace: z.string().optional(), option_name: z.string(), value: scalar }),
);

/** Where an entry of the list has no namespace, it is a variable of the environment. */
export const variables = 'aws:elasticbeanstalk:application:environment';
/** Variables by the address of the secret that has their value. */
export const secrets = `${variables}secrets`;

/** The options of all configuration files; a later file wins, in the order of the names, as on Elastic Beanstalk. */
export function readOptions(files: BundleFiles, addProblem: AddProblem): readonly Setting[] {
  const options = new Map<string, Setting>();
  for (const [name, file] of files) {
    if (!/^\.ebextensions\/[^/]+\.config$/.test(name)) continue;
    const settings = readFile(file, readFileSync(file, 'utf8'), addProblem);
    for (const option of settings) options.set(`${option.namespace} ${option.name}`, option);
  }
  return [...options.values()];
}

function readFile(file: string, text: string, addProblem: AddProblem): readonly Setting[] {
  if (text.includes('\t')) addProblem(file, 'has a tab, which YAML does not allow: indent with spaces');
  const foreign = /[^\n\r\t -~]/.exec(text)?.[0];
  if (foreign !== undefined)
    addProblem(file, `has ${foreign}, which Elastic Beanstalk may not read: use plain ASCII`);
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (cause) {
    addProblem(file, `is not YAML: ${String(cause).split('\n')[0]}`);
    return [];
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    addProblem(file, 'must have sections, like option_settings:');
    return [];
  }
  for (const section of Object.keys(content))
    if (!sections.some((known) => known === section))
      addProblem(file, `has a section ${section}, which Elastic Beanstalk does not know`);
  return readSettings(file, 'option_settings' in content ? content.option_settings : {}, addProblem);
}

function readSettings(file: string, settings: unknown, addProblem: AddProblem): readonly Setting[] {
  const list = asList.safeParse(settings ?? []);
  if (list.success)
    return list.data.map(({ namespace = variables, option_name: name, value }) => ({
      file,
      namespace,
      name,
      value,
    }));
  const table = byNamespace.safeParse(settings);
  if (table.success)
    return Object.entries(table.data).flatMap(([namespace, options]) =>
      Object.entries(options).map(([name, value]) => ({ file, namespace, name, value })),
    );
  addProblem(
    file,
    'has option_settings that are not namespaces with names and values: compare the indentation',
  );
  return [];
}
