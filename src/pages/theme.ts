import { createHash } from 'node:crypto';
import type { BrandColors, BrandShades } from '../oauth/client.ts';
import type { Views } from './views.ts';

/** How a page looks, and the policy that lets a browser show just that. */
export interface Theme {
  readonly css: string;
  readonly contentSecurityPolicy: string;
}

export interface ThemeOptions {
  readonly brandColors?: BrandColors | undefined;
  /** Pictures from its origin may be shown. */
  readonly logoUri?: string | undefined;
  /** For the pages of the simulator. */
  readonly simulator?: boolean;
  /** The one inline script that may run; the pages that people sign in at have none. */
  readonly script?: string;
}

/**
 * The style of all pages, in a brand's colours where there are any, under a policy that allows nothing else.
 * There is no `form-action`: it would also stop the redirect to Alexa that follows the form.
 */
export function createTheme(views: Views, options: ThemeOptions = {}): Theme {
  const { brandColors, logoUri, simulator = false, script } = options;
  const css = [
    views.stylesheet('styles'),
    simulator && views.stylesheet('simulator'),
    brandColors !== undefined && brandCss(brandColors),
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

function brandCss({ light, dark }: BrandColors): string {
  return `${shadesCss(light)}@media(prefers-color-scheme:dark){${shadesCss(dark)}}`;
}

function shadesCss({ fill, onFill, ink }: BrandShades): string {
  return `:root{--brand:${fill};--on-brand:${onFill};--brand-ink:${ink}}`;
}

/** The source expression that allows exactly this inline text (Content Security Policy 3, 2.3.1). */
function hashSource(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
}
