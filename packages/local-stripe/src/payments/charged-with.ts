import type { Charge, PaymentMethod } from '../wire.js';

/** What a charge tells of the payment method it was made with. */
export function chargedWith(method: PaymentMethod, amount: number): Charge['payment_method_details'] {
  const { type, card, sepa_debit: sepa, us_bank_account: bank } = method;
  if (card) return { type, card: chargedCard(card, amount) };
  if (sepa) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa;
    return { type, sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
  }
  if (type === 'konbini') return { type, konbini: { store: { chain: 'lawson' } } };
  if (!bank) return { type };
  const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = bank;
  const told = { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number };
  return { type, us_bank_account: { ...told, payment_reference: null } };
}

type ChargedCard = NonNullable<NonNullable<Charge['payment_method_details']>['card']>;

function chargedCard(card: NonNullable<PaymentMethod['card']>, amount: number): ChargedCard {
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4, regulated_status } = card;
  return {
    amount_authorized: amount,
    authorization_code: null,
    brand,
    checks,
    country,
    electronic_commerce_indicator: null,
    exp_month,
    exp_year,
    fingerprint,
    funding,
    installments: null,
    last4,
    mandate: null,
    network: brand,
    network_transaction_id: null,
    regulated_status,
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
