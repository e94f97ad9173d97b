import type { Ending } from '../model/notes.js';
import { detailsOfType } from './payment-method-types.js';
import { randomText } from '../model/ids.js';
import type { PaymentMethod } from '../model/wire.js';

/** Test accounts whose debits fail. */
const FAILING_ACCOUNTS = new Set(['000111111113', '000111111116', '000222222227', '000333333335', '000444444440']);

const FAILING_IBANS = new Set([
  'AT861904300235473202',
  'DE62370400440532013001',
  'ES9121000418450200051332',
  'FR8420041010050500013M02607',
  'IT60X0542811101000000123456',
  'NL91ABNA0417164300',
]);

export const endingOfAccount = (number: string): Ending => (FAILING_ACCOUNTS.has(number) ? 'fail' : 'settle');

export const endingOfIban = (iban: string): Ending => (FAILING_IBANS.has(iban) ? 'fail' : 'settle');

/** The customer's billing details. */
export type Payer = PaymentMethod['billing_details'];

/** The stored part of a card: never its number or CVC. */
export interface Card {
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
  /** Two letters. Defaults to US. */
  country?: string;
  /** Defaults to credit. */
  funding?: string;
  /** Name of the test card, which decides the outcome. */
  testCard: string;
}

/** A new Payment Method, by type. */
export type PaymentMethodKind =
  | { type: 'card'; card: Card }
  | { type: 'us_bank_account'; last4: string; ending: Ending }
  | { type: 'sepa_debit'; country: string; last4: string; ending: Ending }
  | { type: 'konbini'; ending: Ending }
  | OtherKind;

/** A type that the customer authorizes on a page of its own. */
export interface OtherKind {
  type: 'other';
  name: string;
  /** The fields that the request has for it. */
  said: Record<string, unknown>;
}

const BANK = { account_holder_type: 'individual', account_type: 'checking', bank_name: 'SANDBOX BANK' };

/** The fields of a Payment Method that depend on its type. */
export function fieldsOfKind(
  kind: PaymentMethodKind,
): Pick<PaymentMethod, 'type' | 'card' | 'us_bank_account' | 'sepa_debit' | 'konbini'> {
  if (kind.type === 'other') {
    const { name, said } = kind;
    return { type: name as PaymentMethod['type'], [name]: detailsOfType(name, said, randomText(16)) };
  }
  const { type } = kind;
  switch (type) {
    case 'card':
      return { type, card: cardOf(kind.card) };
    case 'us_bank_account': {
      const networks = { preferred: 'ach', supported: ['ach'] };
      const bank = { ...BANK, last4: kind.last4, routing_number: '110000000', status_details: null };
      const fingerprint = randomText(16);
      return { type, us_bank_account: { ...bank, fingerprint, networks, financial_connections_account: null } };
    }
    case 'sepa_debit': {
      const { country, last4 } = kind;
      const fingerprint = randomText(16);
      return {
        type,
        sepa_debit: {
          bank_code: '3704',
          branch_code: '',
          country,
          fingerprint,
          generated_from: { charge: null, setup_attempt: null },
          last4,
        },
      };
    }
    case 'konbini':
      return { type, konbini: {} };
  }
}

function cardOf({ brand, last4, expMonth, expYear, country = 'US', funding = 'credit' }: Card): PaymentMethod['card'] {
  return {
    brand,
    last4,
    exp_month: expMonth,
    exp_year: expYear,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'unchecked' },
    country,
    display_brand: brand === 'amex' ? 'american_express' : brand,
    fingerprint: `${brand}${last4}`,
    funding,
    generated_from: null,
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}
