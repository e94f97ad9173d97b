import { randomText } from '../ids.js';
import type { PaymentMethod } from '../wire.js';
import type { Ending } from './test-accounts.js';

/** Who pays, as they said on the form or over the API. */
export type Payer = PaymentMethod['billing_details'];

/** What is kept of a card: never its number, nor its CVC. */
export interface Card {
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
  /** Name of the test card, which tells what it does. */
  testCard: string;
}

/** What they pay with. */
export type Means =
  | { type: 'card'; card: Card }
  | { type: 'us_bank_account'; last4: string; ending: Ending }
  | { type: 'sepa_debit'; country: string; last4: string; ending: Ending }
  | { type: 'konbini'; ending: Ending };

const BANK = { account_holder_type: 'individual', account_type: 'checking', bank_name: 'SANDBOX BANK' };

/** The part of a Payment Method that depends on the means. */
export function methodOf(
  means: Means,
): Pick<PaymentMethod, 'type' | 'card' | 'us_bank_account' | 'sepa_debit' | 'konbini'> {
  const { type } = means;
  switch (type) {
    case 'card':
      return { type, card: cardOf(means.card) };
    case 'us_bank_account': {
      const networks = { preferred: 'ach', supported: ['ach'] };
      const bank = { ...BANK, last4: means.last4, routing_number: '110000000', status_details: null };
      const fingerprint = randomText(16);
      return { type, us_bank_account: { ...bank, fingerprint, networks, financial_connections_account: null } };
    }
    case 'sepa_debit': {
      const { country, last4 } = means;
      const fingerprint = randomText(16);
      return {
        type,
        sepa_debit: { bank_code: null, branch_code: '', country, fingerprint, generated_from: null, last4 },
      };
    }
    case 'konbini':
      return { type, konbini: {} };
  }
}

function cardOf({ brand, last4, expMonth, expYear }: Card): PaymentMethod['card'] {
  return {
    brand,
    last4,
    exp_month: expMonth,
    exp_year: expYear,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    display_brand: brand,
    fingerprint: `${brand}${last4}`,
    funding: 'credit',
    generated_from: null,
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}
