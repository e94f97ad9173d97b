/**
 * Currencies whose amounts Stripe counts in whole units: https://docs.stripe.com/currencies (#zero-decimal, #three-decimal,
 * #special-cases). Currencies that are named nowhere here are counted in hundredths.
 */
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ');
/** Counted in thousandths; the last digit of a charge or a refund must be 0. */
const THREE_DECIMAL = 'bhd jod kwd omr tnd'.split(' ');
/**
 * Counted in hundredths although they have no smaller unit: Stripe takes whole units only, also in refunds:
 * https://support.stripe.com/questions/deprecation-of-fractional-isk-charges-and-refunds
 */
const WHOLE_UNITS = ['isk', 'ugx'];

/** How many decimals an amount in this currency has: 0, 2 or 3. */
export function decimalsOf(currency: string): number {
  const code = currency.toLowerCase();
  if (ZERO_DECIMAL.includes(code)) return 0;
  return THREE_DECIMAL.includes(code) ? 3 : 2;
}

/** Every charge and refund in this currency must be a multiple of this, minor units. */
function stepOf(currency: string): number {
  const code = currency.toLowerCase();
  if (WHOLE_UNITS.includes(code)) return 100;
  return THREE_DECIMAL.includes(code) ? 10 : 1;
}

/** The highest amount that can be charged or refunded, up to `amount`, minor units: 4010 isk gives 4000. */
export const roundedDown = (amount: number, currency: string): number => amount - (amount % stepOf(currency));

/** Why Stripe would refuse this amount (minor units) in this currency, as a sentence for people; `undefined` where it accepts it. */
export function invalidAmountReason(amount: number, currency: string): string | undefined {
  if (!Number.isSafeInteger(amount)) return 'An amount is a whole number of the smallest unit of its currency.';
  if (roundedDown(amount, currency) === amount) return undefined;
  const [wrong, right] = [amount, possibleAmount(amount, currency)].map((one) => formatAmount(one, currency));
  return `${wrong} is not possible: ${currency.toUpperCase()} has ${amountRule(currency)}, such as ${right}.`;
}

/** What the currency allows where not every hundredth is possible: `1` for whole units only, `0.010` for its steps. */
export function amountStep(currency: string): string | undefined {
  const step = stepOf(currency);
  if (step === 1 && decimalsOf(currency) === 2) return undefined;
  return step === 10 ? decimalString(step, 3) : '1';
}

/** The same as words for operators, such as `whole units only`. */
function amountRule(currency: string): string | undefined {
  const step = amountStep(currency);
  return step && (step === '1' ? 'whole units only' : `steps of ${step} only`);
}

/** The possible amount next to one that is not, minor units. */
export const possibleAmount = (amount: number, currency: string): number =>
  roundedDown(amount, currency) || stepOf(currency);

/**
 * Formats an amount in minor units for people: 1999 usd is `$19.99`, 1999 jpy is `¥1,999`. Exact, without floating point. A
 * currency that is not a code of three letters is written after the number: `19.99 USDC`. `locale`: BCP 47.
 */
export function formatAmount(amount: number, currency: string, locale = 'en-US'): string {
  const decimals = shownDecimals(amount, currency);
  const text = decimalString(amount, decimalsOf(currency));
  if (CURRENCY_CODE.test(currency)) return formatOf(locale, currency, decimals).format(text);
  return `${formatOf(locale, '', decimals).format(text)} ${currency.toUpperCase()}`.trim();
}

/** `Intl.NumberFormat` throws for a currency of any other form. */
const CURRENCY_CODE = /^[a-z]{3}$/i;

/** By locale, currency and decimals. Making a format takes longer than using it a hundred times; there are a few hundred currencies at most. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(locale: string, currency: string, decimals: number): Intl.NumberFormat {
  const key = `${locale} ${currency.toLowerCase()} ${decimals}`;
  const known = formats.get(key);
  if (known) return known;
  const format = new Intl.NumberFormat(locale, {
    ...(currency && { style: 'currency', currency }),
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  formats.set(key, format);
  return format;
}

/** No decimals where the currency has whole units only and the amount is one. */
const shownDecimals = (amount: number, currency: string): number =>
  stepOf(currency) === 100 && amount % 100 === 0 ? 0 : decimalsOf(currency);

/** 1999 with two decimals is `19.99`: a string, which `Intl.NumberFormat` reads exactly. */
function decimalString(amount: number, decimals: number): `${number}` {
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amount < 0 ? '-' : ''}${whole}${fraction}` as `${number}`;
}

/** Formats an amount in minor units for a form field, with this decimal sign: 1999 usd is `19.99`, 1900 isk is `19`. */
export function amountField(amount: number, currency: string, sign = '.'): string {
  const text = decimalString(amount, decimalsOf(currency));
  return (shownDecimals(amount, currency) === 0 ? text.replace(/[.].*$/, '') : text).replace('.', sign);
}

/** The `pattern` attribute of such a form field, where any of these decimal signs is understood. */
export function amountPattern(currency: string, signs = '.'): string {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return '[0-9]{1,12}';
  const fraction = { 1: `[0-9]{1,${decimals}}`, 10: '[0-9]{1,2}0?', 100: '0{1,2}' }[stepOf(currency)];
  return `[0-9]{1,12}([${signs}]${fraction})?`;
}

/**
 * Reads an amount from a form field, such as `19.99` or `5`, in minor units; with `.,` as decimal signs also `19,99`. `undefined` for
 * any other text, for an amount that the currency's rule does not allow, and for 0.
 */
export function readAmount(text: string, currency: string, signs = '.'): number | undefined {
  const decimals = decimalsOf(currency);
  const [, whole, sign = '', fraction = ''] = /^(\d{1,12})(?:(\D)(\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > decimals || !signs.includes(sign)) return undefined;
  const amount = Number(whole + fraction.padEnd(decimals, '0'));
  return amount > 0 && roundedDown(amount, currency) === amount ? amount : undefined;
}
