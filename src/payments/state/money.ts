/**
 * How Stripe counts amounts, by currency: https://docs.stripe.com/currencies (#zero-decimal, #three-decimal, #special-cases).
 * Those that are not named here are counted in hundredths.
 */
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ');
/** Counted in thousandths, but the last digit of a charge or a refund must be 0. */
const THREE_DECIMAL = 'bhd jod kwd omr tnd'.split(' ');
/**
 * They have no smaller unit any more. Stripe counts hundredths of them all the same, and takes whole units only, also in
 * refunds: https://support.stripe.com/questions/deprecation-of-fractional-isk-charges-and-refunds
 */
const WHOLE_UNITS = ['isk', 'ugx'];

/** How many decimals an amount of this currency has. */
export function decimalsOf(currency: string): number {
  const code = currency.toLowerCase();
  if (ZERO_DECIMAL.includes(code)) return 0;
  return THREE_DECIMAL.includes(code) ? 3 : 2;
}

/** What every charge and refund in this currency must be a multiple of, minor units. */
function stepOf(currency: string): number {
  const code = currency.toLowerCase();
  if (WHOLE_UNITS.includes(code)) return 100;
  return THREE_DECIMAL.includes(code) ? 10 : 1;
}

/** The most that can be charged or refunded of an amount in this currency: 4010 isk is 4000. Minor units. */
export const roundedDown = (amount: number, currency: string): number => amount - (amount % stepOf(currency));

/** Why Stripe would take no such amount in this currency, as a sentence for people; `undefined` where it would. */
export function invalidAmountReason(amount: number, currency: string): string | undefined {
  if (!Number.isSafeInteger(amount)) return 'An amount is a whole number of the smallest unit of its currency.';
  if (roundedDown(amount, currency) === amount) return undefined;
  const possible = roundedDown(amount, currency) || stepOf(currency);
  const [wrong, right] = [amount, possible].map((one) => formatAmount(one, currency));
  return `${wrong} is not possible: ${currency.toUpperCase()} has ${amountRule(currency)}, such as ${right}.`;
}

/** The rule that a currency has for its amounts, such as `whole units only`; `undefined` where it takes hundredths. */
export function amountRule(currency: string): string | undefined {
  const step = stepOf(currency);
  if (step === 1 && decimalsOf(currency) === 2) return undefined;
  return step === 10 ? `steps of ${decimalString(step, 3)} only` : 'whole units only';
}

/**
 * An amount in minor units as people write it: 1999 usd is `$19.99`, 1999 jpy is `¥1,999`. Exact: no floating point. What is no
 * code of three letters is written behind the number: `19.99 USDC`.
 */
export function formatAmount(amount: number, currency: string): string {
  const decimals = shownDecimals(amount, currency);
  const text = decimalString(amount, decimalsOf(currency));
  if (CURRENCY_CODE.test(currency)) return formatOf(currency, decimals).format(text);
  return `${formatOf('', decimals).format(text)} ${currency.toUpperCase()}`.trim();
}

/** What `Intl.NumberFormat` takes for a currency; it throws at anything else. */
const CURRENCY_CODE = /^[a-z]{3}$/i;

/** To make one takes longer than to use it a hundred times. As many as there are codes of three letters, at most. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, decimals: number): Intl.NumberFormat {
  const key = `${currency.toLowerCase()} ${decimals}`;
  const known = formats.get(key);
  if (known) return known;
  const format = new Intl.NumberFormat('en-US', {
    ...(currency && { style: 'currency', currency }),
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  formats.set(key, format);
  return format;
}

/** None for whole units of a currency that has no others. */
const shownDecimals = (amount: number, currency: string): number =>
  stepOf(currency) === 100 && amount % 100 === 0 ? 0 : decimalsOf(currency);

/** 1999 with two decimals is `19.99`. A string, which `Intl.NumberFormat` reads exactly. */
function decimalString(amount: number, decimals: number): `${number}` {
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amount < 0 ? '-' : ''}${whole}${fraction}` as `${number}`;
}

/** An amount in minor units as a form field holds it: 1999 usd is `19.99`, 1900 isk is `19`. */
export function amountField(amount: number, currency: string): string {
  const text = decimalString(amount, decimalsOf(currency));
  return shownDecimals(amount, currency) === 0 ? text.replace(/[.].*$/, '') : text;
}

/** What a browser holds such a field to, before it is sent. */
export function amountPattern(currency: string): string {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return '[0-9]{1,12}';
  const fraction = { 1: `[0-9]{1,${decimals}}`, 10: '[0-9]{1,2}0?', 100: '0{1,2}' }[stepOf(currency)];
  return `[0-9]{1,12}([.]${fraction})?`;
}

/**
 * Reads an amount as people write it in a field, such as `19.99` or `5`, in minor units. `undefined` for anything else, for
 * what the currency's rule does not allow, and for nothing or less.
 */
export function readAmount(text: string, currency: string): number | undefined {
  const decimals = decimalsOf(currency);
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > decimals) return undefined;
  const amount = Number(whole + fraction.padEnd(decimals, '0'));
  return amount > 0 && roundedDown(amount, currency) === amount ? amount : undefined;
}
