const BRANDS: Array<[RegExp, string]> = [
  [/^4/, 'visa'],
  [/^(5[1-5]|2[2-7])/, 'mastercard'],
  [/^3[47]/, 'amex'],
  [/^6(011|5)/, 'discover'],
  [/^3(0|6|8)/, 'diners'],
  [/^35/, 'jcb'],
  [/^62/, 'unionpay'],
];

/** Whose network a card number belongs to, by its first digits. */
export const brandOf = (digits: string): string => BRANDS.find(([prefix]) => prefix.test(digits))?.[1] ?? 'unknown';
