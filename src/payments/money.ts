/**
 * Currencies whose minor unit is not a hundredth, as Stripe counts them: https://docs.stripe.com/currencies#zero-decimal
 * and #three-decimal. ISK and UGX have no minor unit in use, yet Stripe counts hundredths of them.
 */
const DECIMALS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ').map((currency) => [currency, 0]),
  ),
  ...Object.fromEntries('bhd jod kwd omr tnd'.split(' ').map((currency) => [currency, 3])),
};

/** How many decimals an amount of this currency has. */
export const decimalsOf = (currency: string): number => DECIMALS[currency.toLowerCase()] ?? 2;

/** An amount in minor units as people write it: 1999 usd is `$19.99`, 1999 jpy is `¥1,999`. Exact: no floating point. */
export function formatAmount(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(decimalString(amount, decimals));
}

/** 1999 with two decimals is `19.99`. A string, which `Intl.NumberFormat` reads exactly. */
function decimalString(amount: number, decimals: number): `${number}` {
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amount < 0 ? '-' : ''}${whole}${fraction}` as `${number}`;
}

/** An amount in minor units as a form field holds it: 1999 usd is `19.99`. */
export const amountField = (amount: number, currency: string): string => decimalString(amount, decimalsOf(currency));

/** What a browser holds such a field to, before it is sent. */
export function amountPattern(currency: string): string {
  const decimals = decimalsOf(currency);
  return decimals === 0 ? '[0-9]{1,12}' : `[0-9]{1,12}([.][0-9]{1,${decimals}})?`;
}

/**
 * Reads an amount as people write it in a field, such as `19.99` or `5`, in minor units. `undefined` for anything else, for
 * more decimals than the currency has, and for nothing or less.
 */
export function readAmount(text: string, currency: string): number | undefined {
  const decimals = decimalsOf(currency);
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > decimals) return undefined;
  const amount = Number(whole + fraction.padEnd(decimals, '0'));
  return amount > 0 ? amount : undefined;
}

/** Stripe counts hundredths of these, and takes whole units alone. */
const WHOLE_UNITS = new Set(['isk', 'ugx']);

/** The smallest step between two amounts that Stripe takes, in minor units: its card networks have no thousandths. */
const stepOf = (currency: string): number =>
  WHOLE_UNITS.has(currency.toLowerCase()) ? 100 : decimalsOf(currency) === 3 ? 10 : 1;

/**
 * What is wrong with an amount, in minor units, that is to be charged or refunded: a sentence that says what would be right.
 * `undefined` where Stripe takes it. See https://docs.stripe.com/currencies#special-cases
 */
export function amountFault(amount: number, currency: string): string | undefined {
  if (!Number.isSafeInteger(amount) || amount <= 0)
    return `An amount is a whole number of minor units above 0, not ${amount}.`;
  const step = stepOf(currency);
  if (amount % step === 0) return undefined;
  const code = currency.toUpperCase();
  const rule = step === 100 ? 'has no fractions in use' : 'has thousandths, and the last of its three decimals is 0';
  return `${code} ${rule}: ${amount} minor units must be a multiple of ${step}.`;
}
