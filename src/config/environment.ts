import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import leven from 'leven';
import { readTextFile, TextFileError } from '../text-file.ts';
import { fileOf } from './paths.ts';
import type { Problem } from './problem.ts';
import { type SettingName, settingNames, settingOf } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of each setting. */
export type Texts = { readonly [Name in SettingName]?: string };

/** What an environment says of the settings. */
export interface Given {
  readonly texts: Texts;
  /** Those that are set, also where their text could not be read. */
  readonly names: ReadonlySet<SettingName>;
  readonly problems: readonly Problem[];
}

/** Takes the settings out of an environment. Empty variables count as not set. */
export function readSettings(env: Environment): Given {
  const problems: Problem[] = [];
  const texts: { [Name in SettingName]?: string } = {};
  const names = new Set<SettingName>();
  const given = (name: string) => {
    const text = env[name]?.trim() ?? '';
    if (!hasQuotes(text)) return text;
    const problem = 'has quotes around it, which are a part of it here';
    problems.push({ setting: name, problem, remedy: 'leave them out' });
    return text.slice(1, -1).trim();
  };
  for (const name of settingNames) {
    const text = given(name);
    const file = settingOf(name).secret ? given(`${name}_FILE`) : '';
    if (text !== '' || file !== '') names.add(name);
    if (text !== '') texts[name] = text;
    if (text !== '' && file !== '')
      problems.push({
        setting: name,
        problem: `is given as ${name} and as ${name}_FILE`,
        remedy: 'remove one of the two',
      });
    else if (file !== '') {
      const setting = `${name}_FILE`;
      const content = fileOf(file, 'correct the path or its permissions', (problem, more) =>
        problems.push({ setting, problem, ...more }),
      );
      if (content?.trim() === '')
        problems.push({
          setting,
          problem: `names ${resolve(file)}, which is empty`,
          remedy: 'write the value into it',
        });
      else if (content !== undefined) texts[name] = content.trim();
    }
  }
  return { texts, names, problems };
}

/** As `docker --env-file` keeps them. */
function hasQuotes(text: string): boolean {
  return text.length > 1 && /^(["']).*\1$/s.test(text);
}

/** Variables that nobody reads but that look like one that is read: `PUBLIC_URI`, `CLIENT`. */
export function findMisspelled(env: Environment): string[] {
  const known = settingNames.flatMap((name) => (settingOf(name).secret ? [name, `${name}_FILE`] : [name]));
  return Object.keys(env).flatMap((given) => {
    if ((known as string[]).includes(given) || systemNames.has(given)) return [];
    const name = settingNames.find((each) => given === `${each}_FILE`);
    if (name !== undefined) return [`${given} is set, but ${name} can’t be given as a file`];
    const meant = known.find((name) => leven(given.toUpperCase(), name) <= (name.length > 5 ? 2 : 1));
    return meant === undefined ? [] : [`${given} is set, but nobody reads it: did you mean ${meant}?`];
  });
}

/** Names that systems set, and that only look like ours. */
const systemNames = new Set(['USER', 'PORTS', 'HOSTS', 'POST']);

/**
 * The process's environment; outside production completed by a `.env` file, where there is one. Throws a `TextFileError` for
 * a file that can't be used.
 */
export function readEnvironment(): { readonly env: Environment; readonly warnings: readonly string[] } {
  const env = process.env;
  const path = resolve('.env');
  if (!existsSync(path)) return { env, warnings: [] };
  if (isProduction(env)) {
    const warning = `${path} is not read, since NODE_ENV is production: set what is in it in the environment`;
    return { env, warnings: [warning] };
  }
  const set = Object.entries(env).filter(([, text]) => text?.trim() !== '');
  const both = { ...parseEnv(readTextFile(path)), ...Object.fromEntries(set) };
  if (!isProduction(both)) return { env: both, warnings: [] };
  const problem = 'sets NODE_ENV to production, which reads no such file';
  throw new TextFileError(path, problem, 'set all in the environment');
}

function isProduction(env: Environment): boolean {
  return readSettings({ NODE_ENV: env['NODE_ENV'] }).texts.NODE_ENV === 'production';
}
