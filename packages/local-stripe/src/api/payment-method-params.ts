import {
  address,
  emptyable,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  type Reader,
  type ValueOf,
} from '../conventions/params/index.js';
import { invalidRequest, missingParameter } from '../conventions/errors.js';
import { endingOfAccount, endingOfIban, type PaymentMethodKind } from '../payments/payment-method-kinds.js';
import { isPaymentMethodType, PAYMENT_METHOD_TYPES } from '../payments/payment-method-types.js';
import { cardOf, rawCardFields } from './raw-card.js';

export const billingDetails = shape({
  address: optional(emptyable(address)),
  email: optional(emptyable(text)),
  name: optional(emptyable(text)),
  phone: optional(emptyable(text)),
  tax_id: optional(emptyable(text)),
});

const bankAccount = shape({
  account_holder_type: optional(oneOf('individual', 'company')),
  account_number: text,
  account_type: optional(oneOf('checking', 'savings')),
  routing_number: text,
});

/** Types that are described below in fields of their own. */
const DESCRIBED = ['card', 'konbini', 'sepa_debit', 'us_bank_account'];

/** The fields of a type without rules of its own: any that the caller sends. */
const anyFields: Reader<Record<string, unknown> | undefined> = (raw, param) => {
  if (raw === undefined) return undefined;
  if (typeof raw !== 'object' || raw === null) throw invalidRequest('Invalid object', param);
  return raw as Record<string, unknown>;
};

const otherTypes = Object.fromEntries(
  PAYMENT_METHOD_TYPES.filter((type) => !DESCRIBED.includes(type)).map((type) => [type, anyFields]),
);

export const methodType: Reader<string> = (raw, param) => {
  const type = text(raw, param);
  if (isPaymentMethodType(type)) return type;
  throw invalidRequest(`Invalid ${param}: must be one of ${PAYMENT_METHOD_TYPES.join(', ')}`, param);
};

/** The parameters of a new Payment Method. */
export const paymentMethodFields = {
  ...otherTypes,
  allow_redisplay: optional(oneOf('always', 'limited', 'unspecified')),
  billing_details: optional(billingDetails),
  card: optional(shape({ ...rawCardFields, networks: anyFields, token: optional(text) })),
  konbini: optional(shape({})),
  metadata: optional(metadata),
  radar_options: anyFields,
  sepa_debit: optional(shape({ iban: text })),
  type: methodType,
  us_bank_account: optional(bankAccount),
};

export const paymentMethodData = shape(paymentMethodFields);

/** A token, which stands for a card. */
export interface NamedToken {
  type: 'token';
  id: string;
  param: string;
}

/** The kind that the parameters describe. `within`: the parameter that holds them, for error messages. */
export function meansOf(described: ValueOf<typeof paymentMethodData>, within = ''): PaymentMethodKind | NamedToken {
  const paramOf = (name: string, field: string): string =>
    within ? `${within}[${name}][${field}]` : `${name}[${field}]`;
  const { type, card, sepa_debit: sepa, us_bank_account: bank } = described;
  switch (type) {
    case 'card': {
      const numbered = cardOf(card ?? {}, within ? `${within}[card]` : 'card');
      if (numbered) return { type, card: numbered };
      if (card?.token === undefined) throw missingParameter(paramOf('card', 'token'));
      return { type: 'token', id: card.token, param: paramOf('card', 'token') };
    }
    case 'us_bank_account':
      if (!bank) throw missingParameter(paramOf(type, 'account_number'));
      return { type, last4: bank.account_number.slice(-4), ending: endingOfAccount(bank.account_number) };
    case 'sepa_debit': {
      // Without an account, Stripe makes one up in test mode.
      if (!sepa) return { type, country: 'DE', last4: '3000', ending: 'settle' };
      const iban = sepa.iban.replaceAll(' ', '').toUpperCase();
      if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(iban)) {
        throw invalidRequest('The IBAN you provided is invalid.', paramOf(type, 'iban'), 'invalid_bank_account_iban');
      }
      return { type, country: iban.slice(0, 2), last4: iban.slice(-4), ending: endingOfIban(iban) };
    }
    case 'konbini':
      return { type, ending: 'settle' };
    default: {
      const said: Record<string, unknown> = described;
      return { type: 'other', name: type, said: (said[type] ?? {}) as Record<string, unknown> };
    }
  }
}
