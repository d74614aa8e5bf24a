import { Readable, Writable } from 'node:stream';
import pLimit from 'p-limit';

export interface Result {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard input. */
  readonly input?: string;
}

const oneAtATime = pLimit(1);

/**
 * Runs a program that gives its exit code in this process, as if it were one of its own, with nothing of the environment
 * but what is given: starting Node.js takes longer than most of what tests ask of a program.
 */
export function runHere(run: () => Promise<number>, surroundings: Surroundings): Promise<Result> {
  const { env = {}, cwd = process.cwd(), input = '' } = surroundings;
  return oneAtATime(async () => {
    const written = { out: '', err: '' };
    const collect = (name: keyof typeof written) =>
      new Writable({
        write(chunk, _encoding, done) {
          written[name] += chunk;
          done();
        },
      });
    const ownEnv = process.env;
    const ownFolder = process.cwd();
    const giveBack = Object.entries({
      stdin: Readable.from(input === '' ? [] : [input]),
      stdout: collect('out'),
      stderr: collect('err'),
    }).map(([name, stream]) => exchange(name, stream));
    process.env = { PATH: ownEnv['PATH'], ...env };
    process.chdir(cwd);
    try {
      return { code: await run(), ...written };
    } finally {
      process.chdir(ownFolder);
      process.env = ownEnv;
      for (const each of giveBack) each();
    }
  });
}

/** Puts a stream in the place of one of the process's; gives what puts it back. */
function exchange(name: string, stream: Readable | Writable): () => void {
  const own = Object.getOwnPropertyDescriptor(process, name) ?? {};
  Object.defineProperty(process, name, { value: stream, configurable: true });
  return () => void Object.defineProperty(process, name, own);
}
