import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config/config.ts';
import { openViews } from '../src/pages/own-views.ts';
import { viewFiles } from '../src/pages/views.ts';
import { exhibits } from './support/gallery.ts';

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

  it('has a picture of every page in every state, light, dark and in Arabic, and no other', () => {
    const expected = exhibits({ url: '', bareUrl: '' }).flatMap(({ name, languages }) =>
      ['light', 'dark', ...(languages.includes('ar') ? ['ar'] : [])].map((look) => `${name}-${look}.png`),
    );
    expect(readdirSync(join(root, 'docs/images')).sort()).toEqual([...expected].sort());
    for (const file of expected) expect(page).toContain(`src="images/${file}"`);
  });

  it('names all that templates get', () => {
    const [people = ''] = read('src/pages/view-data.ts').split('readonly simulator: {');
    const names = [...people.matchAll(/readonly '?(\w+)'?[?]?:/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(30);
    for (const name of names.filter(
      (each) => !['sign', 'links', 'error', 'name', 'simulator'].includes(String(each)),
    ))
      expect(page, name).toMatch(new RegExp(`\\b${name}\\b`));
    for (const file of viewFiles)
      expect(page).toContain(file.startsWith('simulator') ? 'simulator' : `\`${file}\``);
  });

  it('shows words of one’s own that are taken', async () => {
    const [, words = ''] = /```json\n(\{ "signIn".*?)\n```/s.exec(page) ?? [];
    expect(JSON.parse(words)).toEqual({ signIn: { username: 'Customer number' } });
    expect((await openViews(undefined)).words('en').messages.signIn.username).toBe('Username or email');
  });
});

describe('README.md', () => {
  it('shows pictures that there are', () => {
    const shown = [...read('README.md').matchAll(/src="(docs\/images\/[^"]+)"/g)].map(
      ([, file = '']) => file,
    );
    expect(shown.length).toBeGreaterThan(3);
    for (const file of shown) expect(() => read(file)).not.toThrow();
  });
});
