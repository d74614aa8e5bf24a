import { defineConfig } from 'vitest/config';

/** Of these some install and start whole machines, some keep a browser busy for minutes. */
const heavy = ['test/deploy/**/*.test.ts', 'test/flows/pages*.test.ts'];

export default defineConfig({
  test: {
    // More than two cores: many tests wait for what does not answer.
    maxWorkers: 3,
    // Many start processes, and machines are busy at times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'server', include: ['test/**/*.test.ts'], exclude: heavy } },
      // After the others, some of which measure how long an answer takes.
      { extends: true, test: { name: 'heavy', include: heavy, sequence: { groupOrder: 1 } } },
    ],
  },
});
