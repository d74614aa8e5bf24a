import { defineConfig } from 'vitest/config';

const deployments = 'test/deploy/**/*.test.ts';

export default defineConfig({
  test: {
    // More than two cores: many tests wait for what does not answer.
    maxWorkers: 3,
    // Many start processes, and machines are busy at times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'server', include: ['test/**/*.test.ts'], exclude: [deployments] } },
      // After the others, some of which measure how long an answer takes: these install and start whole machines.
      { extends: true, test: { name: 'deployments', include: [deployments], sequence: { groupOrder: 1 } } },
    ],
  },
});
