/** Replaces a secret. */
export const MASK = '…';

/** Shorter values are not masked: many are ordinary words, such as the password `shop`. */
const SHORTEST_REMEMBERED = 8;
const remembered = new Set<string>();

/** Patterns of secrets, and the replacement of each. Quantifiers are bounded, so that the time is linear in the text. */
const KINDS: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]{0,10000}?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, `a private key ${MASK}`],
  // Stripe's keys, signing secrets and client secrets. A publishable key (pk_) is public; so is the local Stripe's.
  [/whsec_[^\s"'`,;)]+/gi, `whsec_${MASK}`],
  [/(?!sk_test_sandbox(?!\w))([sre]k_(?:test|live|org)_)\w+/gi, `$1${MASK}`],
  [/\b([sre]k_)(?!(?:test|live|org)_)\w+/gi, `$1${MASK}`],
  [/(_secret_)[A-Za-z0-9]{8,}/g, `$1${MASK}`],
  // `password=…` in the query of an address or in a connection string, quoted or not; if the closing quote is missing, to the end of the text.
  [/((?:password|passwd|pwd|secret|token|api_?key)=)(?:'[^']*(?:'|$)|"[^"]*(?:"|$)|[^\s&"']+)/gi, `$1${MASK}`],
  // User and password before the @ of an address. A password may contain anything, even a slash that should have been encoded.
  // `user:password@` itself is what our own messages show as an example.
  [/\b(postgres(?:ql)?:\/*)(?!\/|user:password@)[^\s"'`]{0,500}@/gi, `$1${MASK}@`],
  [/\b([a-z][\w+.-]{0,30}:\/+)(?!\/|user:password@)[^\s/@"'`]{1,500}@/gi, `$1${MASK}@`],
  // The same without a scheme.
  [/(^|[\s"'`(=])[\w.%+-]{1,100}:(?![/\\])[^\s@"'`]{0,200}@/g, `$1${MASK}@`],
];

/** Masks these values from now on. Values of less than 8 characters are ignored. */
export function rememberSecrets(values: readonly (string | undefined)[]): void {
  for (const value of values) if (value && value.length >= SHORTEST_REMEMBERED) remembered.add(value);
}

/**
 * The text with secrets replaced: the values of secret settings, and everything that looks like a secret. For any text that is
 * printed and may contain one, such as the message of an error.
 */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const secret of remembered) masked = masked.replaceAll(secret, MASK);
  for (const [kind, left] of KINDS) masked = masked.replace(kind, left);
  return masked;
}
