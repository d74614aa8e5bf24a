import { onTestFinished } from 'vitest';
import { openUsers } from '../../src/adapters.ts';
import { parseConfig } from '../../src/config/config.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { sayProblem } from '../../src/config/problem.ts';
import { describeUserStore } from './user-store-conformance.ts';

const { env } = readEnvironment();
const { USERS_TEST_USERNAME: username, USERS_TEST_PASSWORD: password } = env;

describeUserStore('USERS', async () => {
  const parsed = parseConfig({ ...env, NODE_ENV: 'test' });
  if ('problems' in parsed) {
    throw new Error(parsed.problems.map(sayProblem).join('\n'));
  }
  if (parsed.config.users.scheme === 'demo' || username === undefined || password === undefined) {
    throw new Error('set USERS and what goes with it, USERS_TEST_USERNAME and USERS_TEST_PASSWORD');
  }
  const { users } = parsed.config;
  const store = await openUsers(users, () => {});
  onTestFinished(() => store.close().catch(() => {}));
  return { store, username, password, isJudgedElsewhere: !['file', 'sql'].includes(users.scheme) };
});
