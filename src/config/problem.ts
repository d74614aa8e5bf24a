/*
 * config: the parts of ../config.ts: what a variable may hold and what to say when it doesn't. Nothing here reads
 * the environment itself; it imports the types and tables of oauth and alexa, and crypto.
 */

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** The variable, and the place in it: `CLIENTS[0].redirect_uris[1]`. */
  readonly where: string;
  /** What is wrong and how to mend it, as the end of a sentence that begins with the place. Holds no secret. */
  readonly message: string;
}

/** Takes note of a problem, so that the rest is checked too. */
export type AddProblem = (where: string, message: string) => void;

/** What is asked of a part of the configuration, and all that there is to say of it. */
export interface Findings {
  readonly production: boolean;
  readonly addProblem: AddProblem;
  /** Of what works, but was hardly meant so; a whole sentence. */
  readonly warn: (message: string) => void;
  /** Of what is done with a setting, for who looks at the configuration. */
  readonly note: (message: string) => void;
}
