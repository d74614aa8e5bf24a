/** The languages of all locales that Alexa speaks; English first, which is for everybody who has none of them. */
export const languages = ['en', 'ar', 'de', 'es', 'fr', 'hi', 'it', 'ja', 'nl', 'pt'] as const;

export type Language = (typeof languages)[number];
