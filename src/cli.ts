#!/usr/bin/env node
import './compile-cache.js';

// A call, because what is imported in the usual way is loaded before the line above has run.
const { runCli } = await import('./commands/program.ts');
process.exitCode = await runCli(process.argv.slice(2));
