#!/usr/bin/env node
import './node-version.ts';

const { runCli } = await import('./commands/program.ts');
process.exitCode = await runCli(process.argv.slice(2));
