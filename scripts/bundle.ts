import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { findFiles, type Profile, profiles } from './bundle/files.ts';
import { readOptions } from './bundle/options.ts';
import { checkDeployment } from './bundle/problems.ts';
import { listContents, listNextSteps, listVariables } from './bundle/report.ts';
import { writeZip } from './bundle/zip.ts';

/*
 * Makes what Elastic Beanstalk is given: `npm run bundle`. docs/deploy-elastic-beanstalk.md has the steps around it.
 */

process.chdir(join(import.meta.dirname, '..'));
const program = new Command('npm run bundle --')
  .description('Makes the zip file for Elastic Beanstalk, after a look at what its settings would do.')
  .addOption(
    new Option('--profile <name>', 'with a load balancer, or one instance with a certificate of its own')
      .choices(Object.keys(profiles))
      .default('load-balanced'),
  )
  .option('--allow-losing-links', 'even if links are kept on the instance, to try things out', false)
  .addHelpText('after', '\nExit codes: 0 done, 1 something is to be mended first, 2 called in a wrong way.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const { profile, allowLosingLinks } = program.opts<{ profile: Profile; allowLosingLinks: boolean }>();

try {
  await makeBundle();
} catch (cause) {
  // A file that can't be read, a full disk: Node.js says which.
  if (!(cause instanceof Error && 'code' in cause)) throw cause;
  giveUp([cause.message]);
}

async function makeBundle(): Promise<void> {
  const problems: string[] = [];
  const addProblem = (where: string, message: string) => problems.push(`${where} ${message}`);
  const files = findFiles(profile, addProblem);
  const options = readOptions(files, addProblem);
  // What could not be read would only be found missing.
  if (problems.length > 0) return giveUp(problems);
  const warnings = await checkDeployment({ files, profile, options, allowLosingLinks }, addProblem);
  if (problems.length > 0) return giveUp(problems);

  const bundle = `dist/${profile}.zip`;
  await writeZip(bundle, files);
  const parts = [
    `${bundle}: ${files.size} files, ${Math.ceil(statSync(bundle).size / 1024)} KB\n`,
    listContents(files),
    listVariables(options),
    ...warnings.map((warning) => `  Warning: ${warning}\n`),
    listNextSteps(bundle, profile, options),
  ];
  process.stdout.write(`${parts.join('\n')}\n`);
}

function giveUp(problems: readonly string[]): void {
  const lines = problems.map((problem) => `  - ${problem}\n`);
  process.stderr.write(`The bundle can’t be made yet:\n\n${lines.join('')}\n`);
  process.exitCode = 1;
}
