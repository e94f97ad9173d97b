import type { Settings } from './env.schema.js';
import type { SettingFault } from './settings.error.js';

const isLocalhost = (url: string) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
const isLiveKey = (key: string | undefined) => key !== undefined && /^(sk|rk)_live_/.test(key);

/** Rules between settings. A setting that is wrong by itself is missing here, so each rule must stand that. */
export function crossFaults(found: Partial<Settings>): SettingFault[] {
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

  if (!production && isLiveKey(found.STRIPE_SECRET_KEY))
    add('STRIPE_SECRET_KEY', 'a live key', 'a test key; a live one only with NODE_ENV=production');
  if (!production) return faults;

  if (!found.STRIPE_SECRET_KEY)
    add('STRIPE_SECRET_KEY', 'none', 'a Stripe key: the sandbox is refused with NODE_ENV=production');
  if (found.STRIPE_API_BASE) add('STRIPE_API_BASE', found.STRIPE_API_BASE, 'none: production talks to Stripe itself');
  if (!found.SESSION_SECRET)
    add('SESSION_SECRET', 'none', 'a secret of at least 32 characters; `openssl rand -hex 32` makes one');
  if (found.DOMAIN_URL && new URL(found.DOMAIN_URL).protocol === 'http:' && !isLocalhost(found.DOMAIN_URL))
    add('DOMAIN_URL', found.DOMAIN_URL, 'an https address');
  return faults;
}
