import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Compiled code is kept for the next start, where only those can write who may change the packages themselves. That
// has to be asked for before the first of them is loaded, hence the import as a call.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
const { start } = await import('./start.ts');
await start();
flushCompileCache();
