import { join } from 'node:path';
import { runBundle } from './bundle/program.ts';

/*
 * Makes what Elastic Beanstalk is given: `npm run bundle`. docs/deploy-elastic-beanstalk.md has the steps around it.
 */

process.chdir(join(import.meta.dirname, '..'));
process.exitCode = await runBundle(process.argv.slice(2));
