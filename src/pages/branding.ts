import { hash } from 'node:crypto';
import type { Language } from '../alexa/languages.ts';
import type { BrandShades, Client } from '../oauth/client.ts';

/** How a page looks, and the policy that lets a browser show only that. */
export type Branding = ReturnType<typeof brandingOf>;

/** The look of a client's pages; without one, of pages that belong to no skill. */
export function brandingOf(client: Client | undefined, language: Language, stylesheet: string) {
  if (client === undefined)
    return { mark: undefined, css: stylesheet, contentSecurityPolicy: policyFor(stylesheet) };
  const { logoUri, clientName } = textsFor(client, language);
  const css = stylesheet + brandCss(client);
  // In some scripts one letter is several characters.
  const [first] = new Intl.Segmenter(language).segment(clientName);
  const letter = first?.segment.toLocaleUpperCase(language) ?? '';
  return { mark: { logoUri, letter }, css, contentSecurityPolicy: policyFor(css, { logoUri }) };
}

/** What a client says of itself in a language, or in its own where it has nothing in that one. */
export function textsFor(client: Client, language: Language): Client['texts'] {
  return client.textsIn.get(language) ?? client.texts;
}

/**
 * The content security policy of a page: these styles, the logo's origin, this script, and nothing else. There is no
 * `form-action`: it would also stop the redirect to Alexa that follows the form.
 */
export function policyFor(
  css: string,
  { logoUri, script }: { readonly logoUri?: string | undefined; readonly script?: string } = {},
): string {
  return [
    "default-src 'none'",
    `style-src ${hashSource(css)}`,
    ...(script === undefined ? [] : [`script-src ${hashSource(script)}`]),
    ...(logoUri === undefined ? [] : [`img-src ${new URL(logoUri).origin}`]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

function brandCss({ brandColors }: Client): string {
  if (brandColors === undefined) return '';
  const { light, dark } = brandColors;
  return `${shadesCss(light)}@media(prefers-color-scheme:dark){${shadesCss(dark)}}`;
}

function shadesCss({ fill, onFill, ink }: BrandShades): string {
  return `:root{--brand:${fill};--on-brand:${onFill};--brand-ink:${ink}}`;
}

/** The source expression that allows exactly this inline text (Content Security Policy 3, 2.3.1). */
function hashSource(inline: string): string {
  return `'sha256-${hash('sha256', inline, 'base64')}'`;
}
