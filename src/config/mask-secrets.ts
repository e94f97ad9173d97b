/** What stands in the place of a secret. */
export const MASK = '…';

/** Shorter values are words that stand in every text, such as the password `shop`. */
const SHORTEST_REMEMBERED = 8;
const remembered = new Set<string>();

/** Kinds of secrets that are known by how they look, and what is left of each. Bounded, so that no text takes long. */
const KINDS: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]{0,10000}?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, `a private key ${MASK}`],
  // Stripe's keys, signing secrets and client secrets. A publishable key (pk_) is public; so is the local Stripe's.
  [/whsec_[^\s"'`,;)]+/gi, `whsec_${MASK}`],
  [/(?!sk_test_sandbox(?!\w))([sre]k_(?:test|live|org)_)\w+/gi, `$1${MASK}`],
  [/\b([sre]k_)(?!(?:test|live|org)_)\w+/gi, `$1${MASK}`],
  [/(_secret_)[A-Za-z0-9]{8,}/g, `$1${MASK}`],
  // `password=…` in the query of an address or in a connection string, quoted or not; a quote that a cut text does not close goes on to its end.
  [/((?:password|passwd|pwd|secret|token|api_?key)=)(?:'[^']*(?:'|$)|"[^"]*(?:"|$)|[^\s&"']+)/gi, `$1${MASK}`],
  // Whoever stands before the @ of an address. A password may hold anything, even a slash that should have been encoded.
  // `user:password@` is how we ourselves write that an address has both.
  [/\b(postgres(?:ql)?:\/*)(?!\/|user:password@)[^\s"'`]{0,500}@/gi, `$1${MASK}@`],
  [/\b([a-z][\w+.-]{0,30}:\/+)(?!\/|user:password@)[^\s/@"'`]{1,500}@/gi, `$1${MASK}@`],
  // The same without a scheme.
  [/(^|[\s"'`(=])[\w.%+-]{1,100}:(?![/\\])[^\s@"'`]{0,200}@/g, `$1${MASK}@`],
];

/** Has these values masked from now on, wherever they turn up; each needs at least 8 characters. */
export function rememberSecrets(values: readonly (string | undefined)[]): void {
  for (const value of values) if (value && value.length >= SHORTEST_REMEMBERED) remembered.add(value);
}

/**
 * The text without secrets: those that the settings hold, and whatever looks like one. For everything that is printed where
 * it cannot be known what is in it, such as the message of an error.
 */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const secret of remembered) masked = masked.replaceAll(secret, MASK);
  for (const [kind, left] of KINDS) masked = masked.replace(kind, left);
  return masked;
}
