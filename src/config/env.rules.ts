import { accentFault } from './accent.js';
import type { Settings } from './env.schema.js';
import { isThisMachine, type PostgresAddress } from './postgres-address.js';
import type { SettingFault } from './settings.error.js';
import { isDefaultPassword, isInRepository, weaknessOf } from './secrets.js';

const isLocalhost = (url: string) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
const isLiveKey = (key: string | undefined) => key !== undefined && /^(sk|rk)_live_/.test(key);

/**
 * Checks rules between several settings. A setting that is wrong by itself is missing from `found`.
 * @param databases by setting, the address of PostgreSQL that it holds
 */
export function checkRules(
  found: Partial<Settings>,
  databases: Record<string, PostgresAddress | undefined>,
): SettingFault[] {
  const faults: SettingFault[] = [];
  const production = found.NODE_ENV === 'production';
  const add = (name: string, what: string, expected: string) => faults.push({ name, found: what, expected });

  if (found.STRIPE_SECRET_KEY && !found.STRIPE_WEBHOOK_SECRET)
    add(
      'STRIPE_WEBHOOK_SECRET',
      'none, with STRIPE_SECRET_KEY set',
      'the signing secret of the webhook endpoint (`stripe listen --forward-to localhost:5001/webhook` prints one)',
    );
  if (!found.STRIPE_SECRET_KEY && found.STRIPE_API_BASE)
    add('STRIPE_SECRET_KEY', 'none, with STRIPE_API_BASE set', 'a key for that address, such as sk_test_sandbox');

  const accent = found.SHOP_ACCENT && accentFault(found.SHOP_ACCENT);
  if (accent)
    add(
      'SHOP_ACCENT',
      `${found.SHOP_ACCENT}, whose contrast on a light page is ${accent.contrast}:1`,
      `a colour with a contrast of at least 4.5:1 there, such as ${accent.nearest}; the dark pages take a lighter shade by themselves`,
    );

  if (!production && isLiveKey(found.STRIPE_SECRET_KEY))
    add('STRIPE_SECRET_KEY', 'a live key', 'a test key; a live one only with NODE_ENV=production');
  if (!production) return faults;

  if (!found.STRIPE_SECRET_KEY)
    add('STRIPE_SECRET_KEY', 'none', 'a Stripe key: the sandbox is refused with NODE_ENV=production');
  if (found.STRIPE_API_BASE) add('STRIPE_API_BASE', found.STRIPE_API_BASE, 'none: production talks to Stripe itself');
  if (!found.SESSION_SECRET) add('SESSION_SECRET', 'none', MAKE_ONE);
  if (found.DOMAIN_URL && new URL(found.DOMAIN_URL).protocol === 'http:' && !isLocalhost(found.DOMAIN_URL))
    add('DOMAIN_URL', found.DOMAIN_URL, 'an https address');
  if (!found.DOMAIN_URL) add('DOMAIN_URL', 'none', 'the https address that customers use');
  if (!found.DATABASE_URL)
    add('DATABASE_URL', 'none', 'where the payments are kept: sqlite:/a/folder/that/stays/shop.db, or postgres://…');
  if (found.TRUST_PROXY === undefined)
    add('TRUST_PROXY', 'none', 'how many proxies stand in front of the app; 0 where there is none');
  faults.push(...guessable(found));
  for (const [name, address] of Object.entries(databases)) if (address) faults.push(...exposed(name, address));
  return faults;
}

const MAKE_ONE = 'a secret of at least 32 characters; `openssl rand -hex 32` makes one';

/** Secrets that are easy to guess, or are published in this repository. */
function guessable(found: Partial<Settings>): SettingFault[] {
  const faults: SettingFault[] = [];
  const look = (name: string, secrets: readonly string[] = [], expected: string) => {
    for (const weakness of new Set(secrets.map(weaknessOf)))
      if (weakness) faults.push({ name, found: `a secret that can be guessed: ${weakness}`, expected });
  };
  look('STRIPE_WEBHOOK_SECRET', found.STRIPE_WEBHOOK_SECRET, "the endpoint's own, from Stripe: it begins with whsec_");
  look('SESSION_SECRET', found.SESSION_SECRET, MAKE_ONE);
  if (found.STRIPE_SECRET_KEY === 'sk_test_sandbox')
    faults.push({ name: 'STRIPE_SECRET_KEY', found: "the local sandbox's key", expected: "your account's own" });
  return faults;
}

/** A database with a default password, or on another machine without a decision about TLS. */
function exposed(name: string, { host, user, password, tlsIsExplicit }: PostgresAddress): SettingFault[] {
  const faults: SettingFault[] = [];
  const elsewhere = !isThisMachine(host);
  if (password && (isInRepository(password) || (elsewhere && isDefaultPassword(password, user))))
    faults.push({ name, found: 'a password that everybody tries first', expected: 'one that a machine made' });
  if (elsewhere && !tlsIsExplicit)
    faults.push({
      name,
      found: 'a database on another machine, and no word on TLS',
      expected: 'sslmode=require, which verifies the certificate, or sslmode=disable in a network of your own',
    });
  return faults;
}
