import { createWriteStream, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { BundleFiles } from './files.ts';

/** Writes an archive, whole or not at all, whose scripts can be run, also where the machine's own files have no such permission. */
export async function writeZip(path: string, files: BundleFiles): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const zip = new yazl.ZipFile();
  for (const [name, file] of files)
    zip.addFile(file, name, { mode: name.endsWith('.sh') ? 0o100755 : 0o100644 });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(`${path}.part`));
  renameSync(`${path}.part`, path);
}
