import { closeSync, createReadStream, fsyncSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { z } from 'zod';
import { type ExportedLink, type LinkStore, mostAccessTokens } from '../storage/stores.ts';
import { CommandFailure, example, withStorage } from './command.ts';
import { forEachLink, sayLinks } from './link-selection.ts';
import { print, startProgress } from './terminal.ts';

/*
 * A copy of all links is a JSON object a line: an `ExportedLink` each, and at the end how many they are, so that a copy
 * that was cut short is not taken for a whole one.
 */

export function exportCommand(): Command {
  return new Command('export')
    .description('Copy all links into a new file. It has digests of tokens, and no token.')
    .argument('<file>')
    .addHelpText('after', example('links export links.jsonl'))
    .action((file: string) =>
      withStorage(async ({ links }) => {
        const handle = openSync(file, 'wx', 0o600);
        const write = (line: object) => writeFileSync(handle, `${JSON.stringify(line)}\n`);
        let count = 0;
        try {
          await forEachLink(links.list({}), 'exported', async (id) => {
            const exported = await links.export(id);
            // Deleted meanwhile.
            if (exported === undefined) return;
            write(exported);
            count += 1;
          });
          write({ links: count });
          fsyncSync(handle);
        } catch (error) {
          rmSync(file);
          throw error;
        } finally {
          closeSync(handle);
        }
        print(`${sayLinks(count)} exported to ${file}.`);
      }),
    );
}

export function importCommand(): Command {
  return new Command('import')
    .description('Add the links of a copy to the storage. A link that is there already stays as it is.')
    .argument('<file>', 'what "links export" wrote')
    .addHelpText(
      'after',
      example('links import links.jsonl', "STORAGE='postgres://name:password@host/database' "),
    )
    .action((file: string) => {
      const { size } = statSync(file);
      if (!statSync(file).isFile()) throw new CommandFailure(`${file} is no file that "links export" wrote.`);
      return withStorage(async ({ links }) => {
        const progress = startProgress(size, 'imported');
        const { all, added } = await importAll(file, links, progress.step).finally(progress.end);
        print(`${sayLinks(added)} imported, ${all - added} were there already.`);
      }, 'create');
    });
}

const atOnce = 8;

async function importAll(file: string, links: LinkStore, step: (bytes: number) => void) {
  const counts = { all: 0, added: 0 };
  let batch: ExportedLink[] = [];
  let promised: number | undefined;
  let lineNumber = 0;
  async function addBatch(): Promise<void> {
    const added = await Promise.all(batch.map(({ link, accessTokens }) => links.create(link, accessTokens)));
    counts.all += batch.length;
    counts.added += added.filter(Boolean).length;
    batch = [];
  }
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    lineNumber += 1;
    step(Buffer.byteLength(line) + 1);
    const read = parseLine(line, `${file}, line ${lineNumber}`);
    if (promised !== undefined)
      throw new CommandFailure(
        `${file}, line ${lineNumber} is after the end of the copy: import one at a time.`,
      );
    if (typeof read === 'number') promised = read;
    else batch.push(read);
    if (batch.length === atOnce) await addBatch();
  }
  await addBatch();
  if (promised !== counts.all)
    throw new CommandFailure(
      `${file} is cut short: its end does not say that it has ${sayLinks(counts.all)}. What is in it was imported.`,
    );
  return counts;
}

/** Up to the year 9999. */
const seconds = z.int().nonnegative().max(253_402_300_799);
const digest = z.string().regex(/^[\w-]{43}$/, 'must be a SHA-256 digest in base64url');

const exportedLink = z.strictObject({
  link: z.strictObject({
    id: z.string().regex(/^[\w-]{1,64}$/),
    clientId: z.string(),
    subject: z.string(),
    username: z.string(),
    scope: z.string(),
    redirectHost: z.string(),
    reference: z.string(),
    createdAt: seconds,
    expiresAt: seconds.optional(),
    lastUsedAt: seconds.optional(),
    revokedAt: seconds.optional(),
    codeDigest: digest.optional(),
    codeRedirectUri: z.string().optional(),
    codeChallenge: z.string().optional(),
    redeemedAt: seconds.optional(),
    refreshDigest: digest.optional(),
  }),
  accessTokens: z
    .array(z.strictObject({ digest, issuedAt: seconds, expiresAt: seconds.optional() }))
    .max(mostAccessTokens),
});

/** A link, or at the end how many there are. */
function parseLine(line: string, place: string): ExportedLink | number {
  try {
    const value = JSON.parse(line.replace(/^\uFEFF/, ''));
    return typeof value?.links === 'number' ? value.links : exportedLink.parse(value);
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const why = issue === undefined ? 'is not JSON' : `is no link: ${issue.path.join('.')}: ${issue.message}`;
    throw new CommandFailure(`${place} ${why}. Correct it and start again: what was imported before stays.`);
  }
}
