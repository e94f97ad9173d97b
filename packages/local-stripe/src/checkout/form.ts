import { looksLikeEmail } from '../conventions/params/readers.js';
import { brandOf, cardNumbered } from '../payments/test-cards.js';
import type { Ending } from '../model/notes.js';
import type { PaymentMethodKind, Payer } from '../payments/payment-method-kinds.js';
import { needsNoMethod } from '../api/session-payment.js';
import { cvcProblem, numberProblem, readExpiry } from './card-checks.js';
import type { Session } from '../model/wire.js';

/** The payment methods that a session's page offers. */
export interface Offers {
  card: boolean;
  bankDebit: boolean;
}

/** Nothing is offered where none is needed, as for a trial without a card. */
export function offersOf(session: Session): Offers {
  const types = needsNoMethod(session) ? [] : session.payment_method_types;
  return { card: types.includes('card'), bankDebit: types.includes('us_bank_account') };
}

/** Input that is shown again after an error: all but the card's number and CVC. */
export interface Typed {
  email: string;
  expiry: string;
  name: string;
  method: 'card' | 'bank_debit';
  ending: Ending;
}

export type Problems = Partial<Record<'email' | 'number' | 'expiry' | 'cvc', string>>;

/** A valid form. */
export interface Submission {
  payer: Pick<Payer, 'email' | 'name'>;
  /** Undefined where the session needs no payment method. */
  kind?: PaymentMethodKind;
}

export type Reading = { typed: Typed } & ({ problems: Problems } | { submission: Submission });

/** Validates a posted payment form. Of the card's number only brand, last digits and the test card's name are kept. */
export function readForm(body: Record<string, unknown>, offers: Offers): Reading {
  const field = (name: string): string => (typeof body[name] === 'string' ? body[name].trim().slice(0, 200) : '');
  const byBank = offers.bankDebit && (field('method') === 'bank_debit' || !offers.card);
  const typed: Typed = {
    email: field('email'),
    expiry: field('expiry'),
    name: field('name'),
    method: byBank ? 'bank_debit' : 'card',
    ending: field('ending') === 'fail' ? 'fail' : 'settle',
  };
  const payer = { email: typed.email, name: typed.name || null };
  const email = looksLikeEmail(typed.email) ? undefined : 'Your email is incomplete.';
  if (!offers.card && !offers.bankDebit) {
    return email === undefined ? { typed, submission: { payer } } : { typed, problems: { email } };
  }
  if (byBank) {
    if (email !== undefined) return { typed, problems: { email } };
    return { typed, submission: { payer, kind: { type: 'us_bank_account', last4: '6789', ending: typed.ending } } };
  }

  const digits = field('number').replaceAll(/[\s-]/g, '');
  const brand = brandOf(digits);
  const number = numberProblem(digits);
  const cvc = cvcProblem(field('cvc'), brand);
  const expiry = readExpiry(typed.expiry);
  if (email !== undefined || number !== undefined || cvc !== undefined || typeof expiry === 'string') {
    return { typed, problems: { email, number, cvc, ...(typeof expiry === 'string' && { expiry }) } };
  }
  const card = { ...cardNumbered(digits), ...expiry };
  return { typed, submission: { payer, kind: { type: 'card', card } } };
}
