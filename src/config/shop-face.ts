import { statSync } from 'node:fs';
import { extname } from 'node:path';

/** How the shop presents itself to customers. */
export interface ShopFace {
  /** Above each page and on receipts. Defaults to what stands in the brackets of APP_NAME, or to APP_NAME. */
  name: string;
  /** Path of the logo's file; undefined: `views/assets/logo.svg`. */
  logo: string | undefined;
  /** `#rrggbb`; undefined: the colour of `views/styles`. */
  accent: string | undefined;
  /** Where customers can write to. */
  supportEmail: string | undefined;
  /** Shown at the end of each receipt, such as the company's address and tax number. */
  legalLines: readonly string[];
}

/** The parts of APP_NAME: `[Shop] Product`. Without brackets, all of it is both. */
export function partsOfAppName(appName: string): { shop: string; product: string } {
  const [, shop = '', product = ''] = /^\[([^\]]*)\](.*)$/s.exec(appName)?.map((part) => part.trim()) ?? [];
  return { shop: shop || product || appName, product: product || shop || appName };
}

const LOGO_TYPES = ['.svg', '.png', '.jpg', '.jpeg', '.webp'];
/** A logo is on every page, which is to stay small: bytes. */
const LARGEST_LOGO = 20_000;

export const LOGO_RULE = 'an SVG, PNG, JPEG or WebP file that can be read, of at most 20 kB';

export function isLogo(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  return LOGO_TYPES.includes(extname(path).toLowerCase()) && file?.isFile() === true && file.size <= LARGEST_LOGO;
}
