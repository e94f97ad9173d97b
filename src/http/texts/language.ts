/** A text with `{name}` for what is filled in. With plural forms, `count` decides which one is used. */
export type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>;

/** A language of the pages. A second one is one more file like `en.ts`, and its name in the list of `texts.ts`. */
export interface Language<Key extends string = string> {
  /** BCP 47, such as `en` or `ar`: for `<html lang>`, the plural forms and the browser's `Accept-Language`. */
  lang: string;
  /** The direction of writing. */
  dir: 'ltr' | 'rtl';
  /** Locale that amounts and numbers are written in, BCP 47. */
  amounts: string;
  /** Locale that dates are written in, BCP 47. */
  dates: string;
  texts: Record<Key, Text>;
}
