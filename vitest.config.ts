import { defineConfig } from 'vitest/config';

/** What needs a database, a directory, a browser or a second process. */
export const outside = [
  'test/{commands,deploy,flows}/*.test.ts',
  'test/passwords/openssl.test.ts',
  'test/docs-users.test.ts',
  'test/storage/{cost,dynamodb,postgres,sqlite}.test.ts',
  'test/users/{ldap,sql}-users.test.ts',
];

/** Tests that compare durations. They run one file at a time, after all others. */
export const measured = ['test/{oauth/sign-in-time,users/password-check}.test.ts'];

/** Tests that keep the machine busy, to see how long answers take then. */
export const load = ['test/flows/{overload,token-load}.test.ts'];

export default defineConfig({
  test: {
    // The tests of commands and bundles change the folder, which threads can't.
    pool: 'forks',
    // More than two cores: many tests wait for what does not answer.
    maxWorkers: 4,
    // Limits are generous, because machines are busy at times. Only what never happens fails a test.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'outside',
          include: outside,
          exclude: load,
          globalSetup: 'test/support/unpack-browser.ts',
        },
      },
      {
        extends: true,
        test: { name: 'quick', include: ['test/**/*.test.ts'], exclude: [...outside, ...measured] },
      },
      {
        extends: true,
        test: { name: 'measured', include: measured, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'load', include: load, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
