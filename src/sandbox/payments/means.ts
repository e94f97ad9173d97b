import { randomText } from '../ids.js';
import type { PaymentMethod } from '../wire.js';

/** Who pays, as they said on the form. */
export interface Payer {
  email: string;
  name: string | null;
}

/** What is kept of a card: never its number, nor its CVC. */
export interface Card {
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
}

/** What they pay with. */
export type Means = { type: 'card'; card: Card } | { type: 'us_bank_account' };

const BANK = { account_holder_type: 'individual', account_type: 'checking', bank_name: 'SANDBOX BANK', last4: '6789' };

/** The part of a Payment Method that depends on the means. */
export function methodOf(means: Means): Pick<PaymentMethod, 'type' | 'card' | 'us_bank_account'> {
  if (means.type === 'us_bank_account') {
    const networks = { preferred: 'ach', supported: ['ach'] };
    const bank = { ...BANK, fingerprint: randomText(16), routing_number: '110000000', status_details: null };
    return { type: means.type, us_bank_account: { ...bank, networks, financial_connections_account: null } };
  }
  const { brand, last4, expMonth, expYear } = means.card;
  const card: PaymentMethod['card'] = {
    brand,
    last4,
    exp_month: expMonth,
    exp_year: expYear,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    display_brand: brand,
    funding: 'credit',
    generated_from: null,
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
  return { type: means.type, card };
}
