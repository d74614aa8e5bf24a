import { defineConfig } from 'vitest/config';

/** What needs a database, a directory, a browser or a second process. */
const outside = [
  'test/{commands,deploy,flows}/**/*.test.ts',
  'test/storage/{dynamodb,postgres,sqlite}.test.ts',
  'test/users/{ldap,sql}-users.test.ts',
];

/** What compares durations: it runs when nothing else does. */
const measured = ['test/users/{password-check,slow-refusals}.test.ts'];

export default defineConfig({
  test: {
    // More than two cores: many tests wait for what does not answer.
    maxWorkers: 4,
    // Many start processes, and machines are busy at times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'outside', include: outside } },
      {
        extends: true,
        test: { name: 'quick', include: ['test/**/*.test.ts'], exclude: [...outside, ...measured] },
      },
      { extends: true, test: { name: 'measured', include: measured, sequence: { groupOrder: 1 } } },
    ],
  },
});
