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
import { ApiError, invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { endingOfAccount, endingOfIban, type PaymentMethodKind } from '../payments/payment-method-kinds.js';
import { cardKind } from './payment-method-for.js';

const RAW_CARD =
  'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens that map ' +
  'to the test card you are using, see https://stripe.com/docs/testing.';

/** Raw card numbers are refused, as by accounts without permission to send them. */
const number: Reader<undefined> = (raw, param) => {
  if (raw !== undefined) throw new ApiError(402, { type: 'invalid_request_error', message: RAW_CARD, param });
};

const ignored = optional(text);

export const billingDetails = shape({
  address: optional(emptyable(address)),
  email: optional(emptyable(text)),
  name: optional(emptyable(text)),
  phone: optional(emptyable(text)),
});

const bankAccount = shape({
  account_holder_type: optional(oneOf('individual', 'company')),
  account_number: text,
  account_type: optional(oneOf('checking', 'savings')),
  routing_number: text,
});

/** The parameters of a new Payment Method. */
export const paymentMethodData = shape({
  allow_redisplay: optional(oneOf('always', 'limited', 'unspecified')),
  billing_details: optional(billingDetails),
  card: optional(shape({ cvc: ignored, exp_month: ignored, exp_year: ignored, number, token: optional(text) })),
  konbini: optional(shape({})),
  metadata: optional(metadata),
  sepa_debit: optional(shape({ iban: text })),
  type: oneOf('card', 'us_bank_account', 'sepa_debit', 'konbini'),
  us_bank_account: optional(bankAccount),
});

/** The kind that the parameters describe. `within`: the parameter that holds them, for error messages. */
export function meansOf(described: ValueOf<typeof paymentMethodData>, within = ''): PaymentMethodKind {
  const paramOf = (name: string, field: string): string =>
    within ? `${within}[${name}][${field}]` : `${name}[${field}]`;
  const { type, card, sepa_debit: sepa, us_bank_account: bank } = described;
  switch (type) {
    case 'card': {
      const param = paramOf('card', 'token');
      if (card?.token === undefined) throw missingParameter(param);
      const kind = card.token.startsWith('tok_') ? cardKind(card.token.slice('tok_'.length)) : undefined;
      if (!kind) throw noSuch('token', card.token, param);
      return kind;
    }
    case 'us_bank_account':
      if (!bank) throw missingParameter(paramOf(type, 'account_number'));
      return { type, last4: bank.account_number.slice(-4), ending: endingOfAccount(bank.account_number) };
    case 'sepa_debit': {
      if (!sepa) throw missingParameter(paramOf(type, 'iban'));
      const iban = sepa.iban.replaceAll(' ', '').toUpperCase();
      if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(iban)) {
        throw invalidRequest('The IBAN you provided is invalid.', paramOf(type, 'iban'), 'invalid_bank_account_iban');
      }
      return { type, country: iban.slice(0, 2), last4: iban.slice(-4), ending: endingOfIban(iban) };
    }
    case 'konbini':
      return { type, ending: 'settle' };
  }
}
