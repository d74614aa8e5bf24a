import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';

/** Takes note of a problem: the file or setting, and what is wrong with it. */
export type AddProblem = (where: string, problem: string) => void;

/** A profile, and the folder whose files take the place of those with the same name, or are added. */
export const profiles = {
  'load-balanced': undefined,
  single: 'deploy/eb-single-instance',
} as const;

export type Profile = keyof typeof profiles;

/** What goes into a bundle: names as they are in it, each with the path of the file from the root of the checkout. */
export type BundleFiles = ReadonlyMap<string, string>;

/** The files of the checkout, which is the working directory, that `.ebignore` lets through, and those of the profile. */
export function findFiles(profile: Profile, addProblem: AddProblem): BundleFiles {
  const rules = ignore().add(readFileSync('.ebignore', 'utf8'));
  const files = new Map<string, string>();
  const overlay = profiles[profile];
  for (const folder of overlay === undefined ? ['.'] : ['.', overlay])
    for (const name of walk(folder, (path) => rules.ignores(path), addProblem))
      files.set(name, join(folder, name));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Names each file without which a bundle does not run, or not as it should. */
export function checkFiles(files: BundleFiles, addProblem: AddProblem): void {
  for (const name of needed)
    if (!files.has(name)) addProblem(name, 'is not in the bundle: it is missing, or .ebignore leaves it out');
}

const needed = [
  'Procfile',
  'package.json',
  'package-lock.json',
  'dist/main.js',
  'views/sign-in.eta',
  '.ebextensions/environment.config',
  '.ebextensions/network.config',
  '.ebextensions/site.config',
  '.platform/hooks/prebuild/00_runnable.sh',
  '.platform/nginx/conf.d/limits.conf',
];

function* walk(
  root: string,
  ignores: (path: string) => boolean,
  addProblem: AddProblem,
  folder = '',
): Iterable<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    // An editor's copy: `eb deploy` leaves these out too.
    if (name.endsWith('~') || ignores(entry.isDirectory() ? `${name}/` : name)) continue;
    if (entry.isDirectory()) yield* walk(root, ignores, addProblem, name);
    else if (entry.isFile()) yield name;
    else addProblem(join(root, name), 'is neither a file nor a folder: put the file itself there');
  }
}
