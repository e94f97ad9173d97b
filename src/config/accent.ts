/** The contrast that WCAG AA asks of text, and of the outline of a button. */
const AA = 4.5;
const AA_SHAPE = 3;
/** The darkest page that text in the accent colour stands on in the light scheme, and the lightest in the dark one. */
const LIGHT_PAGE = '#f1f3f6';
const DARK_PAGE = '#1c222b';
const WHITE = '#ffffff';
const BLACK = '#000000';
/** How far a shade moves towards black or white at each try, of 1. */
const STEP = 0.02;
/** How much darker a button is under the pointer, of 1. */
const HOVER = 0.12;

/** Why a colour (`#rrggbb`) cannot be the accent, and the nearest shade that can; `undefined` where it can. */
export function accentFault(colour: string): { contrast: string; nearest: string } | undefined {
  const contrast = contrastOf(colour, LIGHT_PAGE);
  if (contrast >= AA) return undefined;
  return { contrast: contrast.toFixed(1), nearest: shadeWith(colour, BLACK, LIGHT_PAGE) };
}

/** The tokens of a colour that has no fault: as it is in the light scheme, and as light as AA asks where text stands on dark. */
export function accentStyle(colour: string): string {
  const onDark = shadeWith(colour, WHITE, DARK_PAGE, AA_SHAPE);
  return `:root {
  --accent: light-dark(${colour}, ${onDark});
  --on-accent: ${WHITE};
  --accent-hover: light-dark(${mix(colour, BLACK, HOVER)}, ${mix(onDark, BLACK, HOVER)});
  --accent-text: light-dark(${colour}, ${shadeWith(colour, WHITE, DARK_PAGE)});
}`;
}

/** The nearest shade towards `to` that has this contrast with `behind`. */
function shadeWith(colour: string, to: string, behind: string, contrast = AA): string {
  for (let share = 0; share < 1; share += STEP) {
    const shade = mix(colour, to, share);
    if (contrastOf(shade, behind) >= contrast) return shade;
  }
  return to;
}

const channelsOf = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

function mix(colour: string, other: string, share: number): string {
  const others = channelsOf(other);
  const mixed = channelsOf(colour).map((value, at) => Math.round(value * (1 - share) + (others[at] ?? 0) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance of WCAG, 0 to 1. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours by WCAG, from 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
