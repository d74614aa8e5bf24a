import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config/config.ts';
import { openViews, viewFiles } from '../src/pages/views.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const page = read('docs/pages.md');

describe('docs/pages.md', () => {
  it('shows a client that the server takes, and says what check-config notes of it', () => {
    const [, CLIENTS = ''] = /```json\n(\[.*?\n\])\n/s.exec(page) ?? [];
    const parsed = parseConfig({ CLIENTS });
    expect(parsed).toHaveProperty('config');
    expect(parsed.warnings).toEqual([]);
    expect(parsed.notes).toHaveLength(1);
    expect(page).toContain(`Note: ${parsed.notes[0]}`);
  });

  it('and README.md show every picture that there is, and no other; each is under 60 KB', () => {
    const shown = [...(page + read('README.md')).matchAll(/src="(?:docs\/)?images\/([^"]+)"/g)];
    const there = readdirSync(join(root, 'docs/images'));
    expect(new Set(shown.map(([, file]) => file))).toEqual(new Set(there));
    for (const file of there)
      expect(statSync(join(root, 'docs/images', file)).size, file).toBeLessThan(60 * 1024);
  });

  it('names all that templates get', () => {
    const [data = ''] = read('src/pages/templates.ts').split('const ours =');
    const names = [...data.matchAll(/readonly '?(\w+)'?[?]?:/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(30);
    for (const name of names.filter((each) => !['sign', 'links', 'error', 'name'].includes(String(each))))
      expect(page, name).toMatch(new RegExp(`\\b${name}\\b`));
    for (const file of viewFiles)
      expect(page).toContain(file.startsWith('locales') ? 'locales/' : `\`${file}\``);
  });

  it('shows words of one’s own that are taken', async () => {
    const [, words = ''] = /```json\n(\{ "signIn".*?)\n```/s.exec(page) ?? [];
    expect(JSON.parse(words)).toEqual({ signIn: { username: 'Customer number' } });
    expect(openViews().messages.en.signIn.username).toBe('Username or email');
  });
});
