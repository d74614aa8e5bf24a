import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // More than two cores: many tests wait for what does not answer.
    maxWorkers: 3,
    // Many start processes, and machines are busy at times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
