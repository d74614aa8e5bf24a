import { statSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { checkFiles, findFiles, type Profile, profiles } from './files.ts';
import { readOptions } from './options.ts';
import { checkDeployment } from './problems.ts';
import { listContents, listNextSteps, listVariables } from './report.ts';
import { writeZip } from './zip.ts';

/** Makes the bundle of the checkout that is the working directory. Returns the exit code. */
export async function runBundle(parameters: readonly string[]): Promise<number> {
  try {
    const program = createProgram().parse(parameters, { from: 'user' });
    const problems = await makeBundle(program.opts());
    return problems.length === 0 ? 0 : giveUp(problems);
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2;
    // A file that can't be read, a full disk: Node.js says which.
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    return giveUp([cause.message]);
  }
}

function createProgram(): Command {
  return new Command('npm run bundle --')
    .description('Makes the zip file for Elastic Beanstalk, after a look at what its settings would do.')
    .addOption(
      new Option('--profile <name>', 'with a load balancer, or one instance with a certificate of its own')
        .choices(Object.keys(profiles))
        .default('load-balanced'),
    )
    .option('--allow-losing-links', 'even if links are kept on the instance, to try things out', false)
    .addHelpText('after', '\nExit codes: 0 done, 1 something is to be mended first, 2 called in a wrong way.')
    .exitOverride();
}

/** Returns the problems to mend first. */
async function makeBundle(chosen: {
  readonly profile: Profile;
  readonly allowLosingLinks: boolean;
}): Promise<readonly string[]> {
  const { profile, allowLosingLinks } = chosen;
  const problems: string[] = [];
  const addProblem = (where: string, message: string) => problems.push(`${where} ${message}`);
  const files = findFiles(profile, addProblem);
  checkFiles(files, addProblem);
  const options = readOptions(files, addProblem);
  // What could not be read would only be found missing.
  if (problems.length > 0) return problems;
  const warnings = checkDeployment({ files, profile, options, allowLosingLinks }, addProblem);
  if (problems.length > 0) return problems;

  const bundle = `bundles/${profile}.zip`;
  await writeZip(bundle, files);
  const parts = [
    `${bundle}: ${files.size} files, ${Math.ceil(statSync(bundle).size / 1024)} KB\n`,
    listContents(files),
    listVariables(options),
    ...warnings.map((warning) => `  Warning: ${warning}\n`),
    listNextSteps(bundle, profile, options),
  ];
  process.stdout.write(`${parts.join('\n')}\n`);
  return [];
}

function giveUp(problems: readonly string[]): number {
  const lines = problems.map((problem) => `  - ${problem}\n`);
  process.stderr.write(`The bundle can’t be made yet:\n\n${lines.join('')}\n`);
  return 1;
}
