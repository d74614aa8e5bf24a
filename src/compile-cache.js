/*
 * Keeps compiled code for the next start, where only those can write who may change the packages themselves. It has to
 * be asked for before the first module is loaded. JavaScript, so that `node --import` can do so without loading Node's
 * TypeScript compiler, which takes 11 MB and is not needed again once everything is kept.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
