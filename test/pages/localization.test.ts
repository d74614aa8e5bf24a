import { describe, expect, it } from 'vitest';
import { languages } from '../../src/alexa/languages.ts';
import { createWords, messagesOf, placeholdersOf } from '../../src/pages/localization.ts';

/** All messages of a language, by their places: `signIn.title`. */
function flat(value: unknown, place = ''): [string, string][] {
  if (typeof value === 'string') return [[place, value]];
  const inside = Object.entries(value as Record<string, unknown>);
  return inside.flatMap(([key, each]) => flat(each, place === '' ? key : `${place}.${key}`));
}

/** Amazon's list of the locales that Alexa speaks. */
const locales =
  'ar-SA de-DE en-AU en-CA en-GB en-IN en-US es-ES es-MX es-US fr-CA fr-FR hi-IN it-IT ja-JP nl-NL pt-BR';

const english = flat(messagesOf.en);

describe('the languages', () => {
  it('are all that Alexa speaks', () => {
    expect([...languages].sort()).toEqual([...new Set(locales.split(' ').map((tag) => tag.slice(0, 2)))]);
  });

  it.each(languages)('have every message, with the same placeholders: %s', (language) => {
    const own = new Map(flat(messagesOf[language]));
    expect([...own.keys()]).toEqual(english.map(([place]) => place));
    for (const [place, message] of english)
      expect(placeholdersOf(own.get(place) ?? ''), place).toEqual(placeholdersOf(message));
  });

  it.each(languages.filter((language) => language !== 'en'))('are spoken throughout: %s', (language) => {
    const alike = flat(messagesOf[language]).filter(
      ([place, message]) => new Map(english).get(place) === message,
    );
    expect(alike.map(([place]) => place)).toEqual(language === 'it' ? ['signIn.password'] : []);
  });

  it.each(languages)('are set as a printer would: %s', (language) => {
    for (const [place, message] of flat(messagesOf[language])) {
      expect(message, place).not.toBe('');
      expect(message, place).toBe(message.trim());
      expect(message, place).not.toMatch(/["']|\.\.\.| {2}/);
      if (language === 'fr') expect(message, place).not.toMatch(/[^\u00a0][?!;:»]|«[^\u00a0]/);
    }
  });

  it.each(languages)('name a button by what is on it, and more (WCAG 2.5.3): %s', (language) => {
    const { unlink, unlinkOne } = messagesOf[language].ownLinks;
    expect(unlinkOne).toContain(unlink);
  });
});

describe('the words of a language', () => {
  it.each([
    ['en', '15 minutes', 'November 25, 2026', 'A, B, and C'],
    ['de', '15 Minuten', '25. November 2026', 'A, B und C'],
    ['ja', '15 分', '2026年11月25日', 'A、B、C'],
    ['hi', '15 मिनट', '25 नवंबर 2026', 'A, B, और C'],
    ['ar', '15 دقيقة', '25 نوفمبر 2026', 'A وB وC'],
  ] as const)('count minutes, days and names as people there do: %s', (language, minutes, date, list) => {
    const words = createWords(language);
    expect(words.minutes(14 * 60 + 1)).toBe(minutes);
    expect(words.day(1_795_600_000)).toEqual({ date, iso: '2026-11-25' });
    expect(words.list(['A', 'B', 'C'])).toBe(list);
  });

  it('never send anybody back too early', () => {
    expect(createWords('en').minutes(1)).toBe('1 minute');
    expect(createWords('en').minutes(61)).toBe('2 minutes');
  });

  it('keep a name in its own order where they run from right to left', () => {
    const message = messagesOf.ar.reference;
    expect(createWords('ar').fill(message, { reference: '7KQM-2R9X' })).toContain('\u20687KQM-2R9X\u2069');
    expect(createWords('de').fill('{a}', { a: 'x' })).toBe('x');
  });
});
