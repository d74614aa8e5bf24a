import './compile-cache.js';
import { flushCompileCache } from 'node:module';

// A call, because what is imported in the usual way is loaded before the line above has run.
const { start } = await import('./start.ts');
await start();
flushCompileCache();
