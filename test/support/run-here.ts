import { Readable, Writable } from 'node:stream';
import pLimit from 'p-limit';

export interface Result {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
}

const oneAtATime = pLimit(1);

/**
 * Runs a program in this process, with streams, folder and environment of its own. Returns its exit code and what it wrote.
 * Starting Node.js takes longer than most programs run.
 */
export function runHere(run: () => Promise<number>, surroundings: Surroundings): Promise<Result> {
  const { cwd, env = {}, input = '' } = surroundings;
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
    const streams = {
      stdin: Readable.from(input === '' ? [] : [input]),
      stdout: collect('out'),
      stderr: collect('err'),
    };
    const own = Object.keys(streams).map(
      (name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const,
    );
    try {
      for (const [name, value] of Object.entries(streams))
        Object.defineProperty(process, name, { value, configurable: true });
      process.env = { PATH: ownEnv['PATH'], ...env };
      process.chdir(cwd);
      return { code: await run(), ...written };
    } finally {
      process.chdir(ownFolder);
      process.env = ownEnv;
      for (const [name, descriptor] of own) Object.defineProperty(process, name, descriptor ?? {});
    }
  });
}
