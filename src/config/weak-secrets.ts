/** Secrets that were ever printed in this repository: whoever reads it knows them. */
const PRINTED = new Set([
  'only-for-this-demo',
  'only-for-this-demo-where-no-money-moves',
  'sk_test_sandbox',
  'whsec_only_for_this_demo',
]);
/** Words that stand for a secret which nobody has made yet. One that a machine made holds none between its other characters. */
const PLACEHOLDER =
  /(^|[^a-z0-9])(change|changeme|changeit|replace|replaceme|your|my|example|sample|demo|dummy|test|testing|todo|fixme|placeholder|secret|supersecret|password|default|insecure|local)([^a-z0-9]|$)/i;
/** Fewer than these, and it was typed by hand. A hexadecimal secret of 32 characters has 13 different ones or so. */
const FEWEST_DIFFERENT = 8;
/** What the shortest secret of Stripe's has after its `whsec_`, with room to spare. */
const SHORTEST = 16;
/** Passwords of databases that are tried first. */
const DEFAULT_PASSWORDS =
  /^(postgres|postgresql|password|passwd|pass|admin|root|secret|changeme|shop|test|demo|user|1234\d*)$/i;

/** Why somebody could guess this secret, or `undefined`. It guards against accidents and measures no strength. */
export function weaknessOf(secret: string): string | undefined {
  if (isInRepository(secret)) return 'one that is printed in this repository';
  const random = secret.replace(/^whsec_/, '');
  if (random.length < SHORTEST) return 'one that is too short';
  if (PLACEHOLDER.test(random)) return 'a placeholder';
  if (new Set(random).size < FEWEST_DIFFERENT) return 'one of too few different characters';
  if (repeats(random) || counts(random)) return 'one that follows a pattern';
  return undefined;
}

/** Whether it stands in this repository, for a demonstration. */
export const isInRepository = (secret: string): boolean => PRINTED.has(secret);

/** Whether a database's password is its user's name, was printed, or is tried first by everybody. */
export const isDefaultPassword = (password: string, user: string | undefined): boolean =>
  isInRepository(password) || password === user || DEFAULT_PASSWORDS.test(password);

/** Whether a part of it comes again and again: `changemechangemechangeme`. */
function repeats(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length++) if (text.startsWith(text.slice(length))) return true;
  return false;
}

/** Whether most characters are the next one after the one before: `abcdefgh`, `12345678`. */
function counts(text: string): boolean {
  let steps = 0;
  for (let at = 1; at < text.length; at++) if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) === 1) steps++;
  return steps > text.length / 2;
}
