import { defineConfig } from 'vitest/config';

/** The suite that every user store must pass, on the operator's own: `npm run test:users`. */
export default defineConfig({ test: { include: ['test/users/suite.ts'], testTimeout: 60_000 } });
