import { defineConfig } from 'vitest/config';

/** What needs a database, a directory, a browser or a second process. */
export const outside = [
  'test/{commands,deploy,flows}/*.test.ts',
  'test/crypto/openssl.test.ts',
  'test/docs-users.test.ts',
  'test/storage/{cost,dynamodb,postgres,sqlite}.test.ts',
  'test/users/{ldap,sql}-users.test.ts',
];

/** What compares or bounds durations: each of these files runs when nothing else does. */
export const measured = [
  'test/flows/token-load.test.ts',
  'test/users/{password-check,slow-refusals}.test.ts',
];

export default defineConfig({
  test: {
    // More than two cores: many tests wait for what does not answer.
    maxWorkers: 4,
    // Machines are busy at times: what is waited for may take its time, and only what never comes is a failure.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      { extends: true, test: { name: 'outside', include: outside, exclude: measured } },
      {
        extends: true,
        test: { name: 'quick', include: ['test/**/*.test.ts'], exclude: [...outside, ...measured] },
      },
      {
        extends: true,
        test: { name: 'measured', include: measured, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
