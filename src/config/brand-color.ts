import type { BrandColors, BrandShades } from '../oauth/client.ts';

/** What is behind the text of our pages: `--paper` in `views/styles.css`. */
const papers = { light: '#ffffff', dark: '#1b1f26' } as const;

/** Of text and what is behind it (WCAG 2.2, 1.4.3). */
const leastContrast = 4.5;

/** How far a channel has to be from the page's, of 255, for a button to be seen as one. */
const leastDistance = 48;

type Channels = readonly number[];
const [black, white] = [
  [0, 0, 0],
  [255, 255, 255],
] as const;

/**
 * A brand's colour, and what can be read with it, on light pages and on dark ones. On it is black or white, one of which always
 * has a contrast of at least 4.5; as text it is darkened or lightened as far as it takes. It is so as a button, too, where that
 * would be no other than the page.
 */
export function brandColorsOf(color: string): BrandColors {
  const brand = channelsOf(color);
  return {
    light: shadesOn(channelsOf(papers.light), black, brand),
    dark: shadesOn(channelsOf(papers.dark), white, brand),
  };
}

function shadesOn(paper: Channels, toward: Channels, brand: Channels): BrandShades {
  const ink = untilRead(brand, paper, toward);
  const isSeen = brand.some((channel, index) => Math.abs(channel - (paper[index] ?? 0)) >= leastDistance);
  const fill = isSeen ? brand : ink;
  const onFill = contrastOf(fill, white) >= contrastOf(fill, black) ? white : black;
  return { fill: hex(fill), onFill: hex(onFill), ink: hex(ink) };
}

/** The contrast of two colours (WCAG 2.2, contrast ratio): from 1 to 21. */
export function contrast(one: string, other: string): number {
  return contrastOf(channelsOf(one), channelsOf(other));
}

/** Goes toward black or white in hundredths, no further than it has to. */
function untilRead(brand: Channels, paper: Channels, toward: Channels): Channels {
  for (let hundredths = 0; hundredths < 100; hundredths += 1) {
    const mixed = brand.map((channel, index) => {
      const way = (toward[index] ?? 0) - channel;
      return Math.round(channel + (way * hundredths) / 100);
    });
    if (contrastOf(mixed, paper) >= leastContrast) return mixed;
  }
  return toward;
}

function contrastOf(one: Channels, other: Channels): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance, from 0 to 1. */
function luminance(channels: Channels): number {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Of `#0a7` or `#00aa77`. */
function channelsOf(color: string): Channels {
  const digits = color.length === 4 ? color.replace(/[^#]/g, '$&$&') : color;
  return [1, 3, 5].map((start) => Number.parseInt(digits.slice(start, start + 2), 16));
}

function hex(channels: Channels): string {
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
