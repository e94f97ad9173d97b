/** Secrets that are or were published in this repository. */
const PUBLISHED = new Set([
  'only-for-this-demo',
  'only-for-this-demo-where-no-money-moves',
  'sk_test_sandbox',
  'whsec_only_for_this_demo',
]);
/**
 * Words that show a placeholder. A generated secret does not contain one as a separate word: base64 has separators of its own
 * (`+`, `/`, `-`, `_`), so a word of two letters, such as `my`, would refuse one in some 10,000.
 */
const PLACEHOLDER =
  /(^|[^a-z0-9])(change|changeme|changeit|replace|replaceme|your|example|sample|demo|dummy|test|testing|todo|fixme|placeholder|secret|supersecret|password|default|insecure|local)([^a-z0-9]|$)/i;
/** With fewer different characters a secret was typed by hand. A hexadecimal secret of 32 characters has about 13. */
const FEWEST_DIFFERENT = 8;
/** In characters, without `whsec_`. Stripe's own are longer. */
const SHORTEST = 16;
/** Passwords that attackers try first. */
const DEFAULT_PASSWORDS =
  /^(postgres|postgresql|password|passwd|pass|admin|root|secret|changeme|shop|test|demo|user|1234\d*)$/i;

/** Why the secret is easy to guess, or `undefined`. It catches mistakes; it does not measure entropy. */
export function weaknessOf(secret: string): string | undefined {
  if (isInRepository(secret)) return 'one that is printed in this repository';
  const random = secret.replace(/^whsec_/, '');
  if (random.length < SHORTEST) return 'one that is too short';
  if (PLACEHOLDER.test(random)) return 'a placeholder';
  if (new Set(random).size < FEWEST_DIFFERENT) return 'one of too few different characters';
  if (repeats(random) || counts(random)) return 'one that follows a pattern';
  return undefined;
}

/** Whether it is published in this repository, for a demonstration. */
export const isInRepository = (secret: string): boolean => PUBLISHED.has(secret);

/** Whether a database's password is its user's name, a default, or published in this repository. */
export const isDefaultPassword = (password: string, user: string | undefined): boolean =>
  isInRepository(password) || password === user || DEFAULT_PASSWORDS.test(password);

/** Whether it is a repetition of one part: `changemechangemechangeme`. */
function repeats(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length++) if (text.startsWith(text.slice(length))) return true;
  return false;
}

/** Whether it is mostly a sequence: `abcdefgh`, `12345678`. */
function counts(text: string): boolean {
  let steps = 0;
  for (let at = 1; at < text.length; at++) if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) === 1) steps++;
  return steps > text.length / 2;
}

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
