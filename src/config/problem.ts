/*
 * config: the environment, read once into one frozen `Config`. `settings.ts` is the table of all that can be set; the other
 * files read what takes more than a line. It imports the types and tables of oauth and alexa, and crypto.ts.
 */
import type { z } from 'zod';

/** One thing that is wrong with a setting. Holds no secret. */
export interface Problem {
  /** The variable, and the place in it: `CLIENTS[0].redirect_uris[1]`. */
  readonly setting: string;
  /** What is wrong, as the end of a sentence that begins with the setting. */
  readonly problem: string;
  /** What to do, where the problem does not say it. */
  readonly remedy?: string | undefined;
}

/** A problem as one line. */
export function sayProblem({ setting, problem, remedy }: Problem): string {
  return `${setting} ${problem}${remedy === undefined ? '' : `: ${remedy}`}`;
}

/** Takes note of a problem with the setting that is read, so that the rest is checked too. */
export type AddProblem = (problem: string, more?: More) => void;

interface More {
  readonly remedy?: string;
  /** Where in the setting. */
  readonly place?: readonly PropertyKey[];
}

/** Makes a zod transform of a function that notes problems. After a problem, the value it returns is not used. */
export function reading<Value>(read: (text: string, addProblem: AddProblem) => Value) {
  return (text: string, { addIssue }: z.RefinementCtx<string>): Value =>
    read(text, (message, { place = [], remedy } = {}) =>
      addIssue({ code: 'custom', message, path: [...place], params: { remedy } }),
    );
}

/** The problem with a setting that an issue of zod is. */
export function problemOfIssue(setting: string, issue: z.core.$ZodIssue): Problem {
  const remedy = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  return { setting: setting + sayPlace(issue.path), problem: issue.message, remedy };
}

/** A place in a setting, as `[0].redirect_uris[1]`. */
export function sayPlace(place: readonly PropertyKey[]): string {
  return place.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
}
