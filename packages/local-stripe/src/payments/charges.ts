import { randomInt } from 'node:crypto';
import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Charge, PaymentIntent, PaymentMethod } from '../model/wire.js';

/** `payment_method_details` of a charge. */
export function chargedWith(
  method: PaymentMethod,
  amount: number,
  captureMethod: PaymentIntent['capture_method'],
): Charge['payment_method_details'] {
  const { type, card, sepa_debit: sepa, us_bank_account: bank } = method;
  if (card) return { type, card: chargedCard(card, amount, captureMethod) };
  if (sepa) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa;
    return { type, sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
  }
  if (type === 'konbini') return { type, konbini: { store: { chain: 'lawson' } } };
  if (!bank) return { type };
  const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = bank;
  const details = { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number };
  return { type, us_bank_account: { ...details, payment_reference: null } };
}

type ChargedCard = NonNullable<NonNullable<Charge['payment_method_details']>['card']>;

/** Stripe offers these only where they are asked for. */
const NOT_ASKED = { status: 'unavailable' } as const;

function chargedCard(
  card: NonNullable<PaymentMethod['card']>,
  amount: number,
  captureMethod: PaymentIntent['capture_method'],
): ChargedCard {
  const { brand, checks: before, country, exp_month, exp_year, fingerprint, funding, last4, regulated_status } = card;
  const checks = {
    address_line1_check: before?.address_line1_check === 'unchecked' ? 'pass' : (before?.address_line1_check ?? null),
    address_postal_code_check:
      before?.address_postal_code_check === 'unchecked' ? 'pass' : (before?.address_postal_code_check ?? null),
    cvc_check: 'pass',
  } as ChargedCard['checks'];
  return {
    amount_authorized: amount,
    authorization_code: captureMethod === 'automatic_async' ? null : String(randomInt(100_000, 1_000_000)),
    brand,
    checks,
    country,
    electronic_commerce_indicator: null,
    exp_month,
    exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint,
    funding,
    incremental_authorization: NOT_ASKED,
    installments: null,
    last4,
    mandate: null,
    multicapture: NOT_ASKED,
    network: brand,
    network_token: { used: false },
    network_transaction_id: String(randomInt(100_000_000_000_000)),
    overcapture: { maximum_amount_capturable: amount, ...NOT_ASKED },
    regulated_status,
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}

/** A pending charge; `succeeded` and `failed` complete it. */
export function newCharge(intent: PaymentIntent, method: PaymentMethod): Charge {
  return {
    id: newId('charge'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: intent.application_fee_amount,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'SANDBOX',
    captured: false,
    created: unixNow(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: intent.on_behalf_of,
    outcome: null,
    paid: false,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: chargedWith(method, intent.amount, intent.capture_method),
    ...(intent.presentment_details && { presentment_details: intent.presentment_details }),
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: 'pending',
    transfer_data: intent.transfer_data ? { amount: null, ...intent.transfer_data } : null,
    transfer_group: intent.transfer_group,
  };
}

/** A paid charge, perhaps not captured yet. `origin`: of its receipt's page. */
export function succeeded(charge: Charge, origin: string): Charge {
  return {
    ...charge,
    outcome: outcome({
      network_status: 'approved_by_network',
      seller_message: 'Payment complete.',
      type: 'authorized',
    }),
    paid: true,
    receipt_url: `${origin}/receipts/${charge.id}`,
    status: 'succeeded',
  };
}

export function failed(charge: Charge, code: string, reason: string, message: string): Charge {
  return {
    ...charge,
    failure_code: code,
    failure_message: message,
    outcome: outcome({
      network_status: 'declined_by_network',
      reason,
      seller_message: message,
      type: 'issuer_declined',
    }),
    paid: false,
    status: 'failed',
  };
}

/** The refunded part of what was captured: `amount_refunded` also counts what was authorized and not captured. */
export const refundedOfCaptured = ({ amount, amount_captured, amount_refunded }: Charge): number =>
  Math.max(0, amount_refunded - (amount - amount_captured));

type Outcome = NonNullable<Charge['outcome']>;

const outcome = (given: Pick<Outcome, 'type'> & Partial<Outcome>): Outcome => ({
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: null,
  reason: null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: null,
  ...given,
});
