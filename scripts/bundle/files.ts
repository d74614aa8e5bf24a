import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';

/** A profile, and the folder whose files take the place of those with the same name, or are added. */
export const profiles = {
  'load-balanced': undefined,
  single: 'deploy/eb-single-instance',
} as const;

export type Profile = keyof typeof profiles;

/** What goes into a bundle: names as they are in it, each with the path of the file from the root of the checkout. */
export type BundleFiles = ReadonlyMap<string, string>;

/** The files of the checkout, which is the working directory, that `.ebignore` lets through, and those of the profile. */
export function findFiles(profile: Profile): BundleFiles {
  const rules = ignore().add(readFileSync('.ebignore', 'utf8'));
  const files = new Map<string, string>();
  const overlay = profiles[profile];
  for (const folder of overlay === undefined ? ['.'] : ['.', overlay])
    for (const name of walk(folder, (path) => rules.ignores(path))) files.set(name, join(folder, name));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function* walk(root: string, ignores: (path: string) => boolean, folder = ''): Iterable<string> {
  for (const entry of readdirSync(join(root, folder))) {
    const name = folder === '' ? entry : `${folder}/${entry}`;
    const path = join(root, name);
    // A link that leads nowhere, or an editor's copy, which `eb deploy` leaves out too.
    if (!existsSync(path) || name.endsWith('~')) continue;
    const isFolder = statSync(path).isDirectory();
    if (ignores(isFolder ? `${name}/` : name)) continue;
    if (isFolder) yield* walk(root, ignores, name);
    else yield name;
  }
}
