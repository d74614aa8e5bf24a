import { existsSync, readFileSync } from 'node:fs';
import type { BundleFiles, Profile } from './files.ts';
import { type Setting, secrets, variables } from './options.ts';
import { regionOf } from './problems.ts';

/** A line for each folder; what is the operator's own, and what is at the top, by name. */
export function listContents(files: BundleFiles): string {
  const folders = Map.groupBy(files.keys(), (name) =>
    name.includes('/') ? name.split('/')[0] : 'at the top',
  );
  return lines(
    [...folders].map(([folder = '', names]) => {
      const shown = ['at the top', 'site'].includes(folder)
        ? names.map((name) => name.replace('site/', ''))
        : [];
      return `${folder.padEnd(15)}${String(names.length).padStart(4)}  ${shown.join(', ')}`.trimEnd();
    }),
  );
}

/** The variables that the server will have. What is in a secret is not known here. */
export function listVariables(options: readonly Setting[]): string {
  const set = options.filter(({ namespace }) => namespace === variables || namespace === secrets);
  return lines(
    set.map(
      ({ namespace, name, value }) => `${name.padEnd(15)}${namespace === secrets ? 'from ' : ''}${value}`,
    ),
  );
}

const platform = 'Node.js 24 running on 64bit Amazon Linux 2023';
const ebSettings = '.elasticbeanstalk/config.yml';

/** The commands that bring the bundle to Elastic Beanstalk, without those that were given before. */
export function listNextSteps(bundle: string, profile: Profile, options: readonly Setting[]): string {
  const regions = options.flatMap(({ value }) => regionOf(value) ?? []);
  const region = regions[0] ?? process.env['AWS_DEFAULT_REGION'] ?? process.env['AWS_REGION'] ?? 'REGION';
  const known = existsSync(ebSettings) ? readFileSync(ebSettings, 'utf8') : '';
  const balancer = profile === 'single' ? '--single' : '--elb-type application';
  const once = [
    ...(known === '' ? [`eb init alexa-account-linking --platform "${platform}" --region ${region}`] : []),
    ...nameArtifact(bundle, known),
    `eb create alexa-link ${balancer} --instance_profile INSTANCE-PROFILE --timeout 30`,
  ];
  return `For a new environment:\n\n${lines(once)}\nFor an existing environment:\n\n  eb deploy alexa-link --timeout 30\n`;
}

/** Has `eb` upload the bundle; nothing where it does already. */
function nameArtifact(bundle: string, known: string): readonly string[] {
  const named = /^\s+artifact:\s*(\S+)\s*$/m.exec(known)?.[1];
  if (named === bundle) return [];
  if (named !== undefined) return [`(in ${ebSettings}, put ${bundle} in place of ${named})`];
  return [`printf '\\ndeploy:\\n  artifact: ${bundle}\\n' >> ${ebSettings}`];
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `  ${text}\n`).join('');
}
