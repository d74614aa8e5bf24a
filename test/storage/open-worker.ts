import { createInterface } from 'node:readline';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { keepLink } from './storage-conformance.ts';

/*
 * One of many processes that make the same file at once: opens each file that a line of its input names, keeps a link in it,
 * and says so, or why not.
 */

process.stdout.write('ready\n');
for await (const path of createInterface({ input: process.stdin })) {
  try {
    const storage = await openSqliteStorage(path);
    await keepLink(storage);
    await storage.close();
    process.stdout.write('kept\n');
  } catch (error) {
    process.stdout.write(`${error}\n`);
  }
}
