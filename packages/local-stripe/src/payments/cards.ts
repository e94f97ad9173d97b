import type { Card, PaymentMethod } from '../model/wire.js';

const BRANDS: Record<string, string> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'MasterCard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** Whether a payment method is a card of the older kind, a customer's source. */
export const isSource = ({ id }: Pick<PaymentMethod, 'id'>): boolean => id.startsWith('card_');

/** A payment method in the older words: the card of a token or of a customer's sources. */
export function asCard({ id, allow_redisplay, card, customer, metadata, billing_details }: PaymentMethod): Card {
  return {
    id,
    object: 'card',
    address_city: null,
    address_country: null,
    address_line1: null,
    address_line1_check: null,
    address_line2: null,
    address_state: null,
    address_zip: null,
    address_zip_check: null,
    allow_redisplay: allow_redisplay ?? 'unspecified',
    brand: BRANDS[card?.brand ?? ''] ?? 'Unknown',
    country: card?.country ?? null,
    customer,
    cvc_check: 'pass',
    dynamic_last4: null,
    email: null,
    exp_month: card?.exp_month ?? 12,
    exp_year: card?.exp_year ?? 2040,
    fingerprint: card?.fingerprint ?? null,
    funding: card?.funding ?? 'credit',
    last4: card?.last4 ?? '',
    metadata: metadata ?? {},
    name: billing_details.name,
    networks: { preferred: null },
    phone: null,
    regulated_status: card?.regulated_status ?? null,
    tokenization_method: null,
    wallet: null,
  } as Card;
}
