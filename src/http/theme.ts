import { createHash } from 'node:crypto';
import type { Client } from '../oauth/client.ts';
import { readView } from './views.ts';

/** How a page looks, and the policy that lets a browser show just that. */
export interface Theme {
  readonly css: string;
  readonly contentSecurityPolicy: string;
}

export interface ThemeOptions extends Pick<Client, 'brandColor' | 'logoUri'> {
  /** More of `views/`, where a page has parts that no other has. */
  readonly stylesheet?: string;
  /** The one inline script that may run; the pages that people sign in at have none. */
  readonly script?: string;
}

/**
 * The style of all pages, in a client's colour where one is given, under a policy that allows nothing else.
 * There is no `form-action`: it would also stop the redirect to Alexa that follows the form.
 */
export function createTheme({ brandColor, logoUri, stylesheet, script }: ThemeOptions = {}): Theme {
  const css = [
    readStylesheet('styles.css'),
    stylesheet !== undefined && readStylesheet(stylesheet),
    brandColor !== undefined && `:root{--brand:${brandColor};--on-brand:${textOn(brandColor)}}`,
  ]
    .filter((part) => part !== false)
    .join('');
  const policy = [
    "default-src 'none'",
    `style-src ${hashSource(css)}`,
    script !== undefined && `script-src ${hashSource(script)}`,
    logoUri !== undefined && `img-src ${new URL(logoUri).origin}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return { css, contentSecurityPolicy: policy.filter((part) => part !== false).join('; ') };
}

function readStylesheet(file: string): string {
  return readView(file).replace(/\s*\n\s*/g, '');
}

/** The source expression that allows exactly this inline text (Content Security Policy 3, 2.3.1). */
function hashSource(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
}

/** Black or white, whichever reads better on a colour; one of them always has a contrast of at least 4.5 (WCAG 1.4.3). */
function textOn(color: string): '#000' | '#fff' {
  const digits = color.length === 4 ? color.replace(/[^#]/g, '$&$&') : color;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(digits.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? '#000' : '#fff';
}
