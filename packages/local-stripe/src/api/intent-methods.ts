import type { Tx } from '../state/store.js';
import type { ValueOf } from '../conventions/params/index.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import type { PaymentIntent, PaymentMethod } from '../model/wire.js';
import { isSpent } from '../payments/payment-methods.js';
import { paymentMethodFor } from './payment-method-for.js';
import { createDescribed, SPENT } from './new-payment-method.js';
import type { paymentMethodData } from './payment-method-params.js';

/** The payment method types of a Payment Intent, where the request names none. */
export function usualMethods(currency: string): string[] {
  switch (currency) {
    case 'usd':
      return ['card', 'us_bank_account'];
    case 'eur':
      return ['card', 'sepa_debit'];
    case 'jpy':
      return ['card', 'konbini'];
    default:
      return ['card'];
  }
}

/** The configuration of the account, which says what is offered where a request names no types. */
export const METHOD_CONFIGURATION = { id: 'pmc_1LocalStripeDefaultMethod', parent: null };

interface Named {
  payment_method: string | undefined;
  payment_method_data: ValueOf<typeof paymentMethodData> | undefined;
}

/** The Payment Method that a request names by id or describes; undefined without either. */
export async function namedMethod(
  tx: Tx,
  intent: Pick<PaymentIntent, 'id' | 'customer' | 'payment_method_types'>,
  { payment_method: id, payment_method_data: described }: Named,
): Promise<PaymentMethod | undefined> {
  if (id === undefined && !described) return undefined;
  const method =
    id === undefined && described
      ? await createDescribed(tx, described, 'payment_method_data')
      : await paymentMethodFor(tx, id ?? '', 'payment_method');
  if (!intent.payment_method_types.includes(method.type)) {
    const message = `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: ${intent.payment_method_types.join(', ')}.`;
    throw invalidRequest(message, 'payment_method', 'payment_intent_incompatible_payment_method');
  }
  if (await isSpent(tx, method, intent.id)) throw invalidRequest(SPENT);
  if (method.customer !== null && method.customer !== intent.customer) {
    const message = `The PaymentMethod ${method.id} belongs to the Customer ${method.customer}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`;
    throw invalidRequest(message, 'payment_method');
  }
  return method;
}

export async function mustBeCustomer({ objects }: Tx, id: string | undefined): Promise<void> {
  if (id !== undefined && !(await objects.find('customer', id))) throw noSuch('customer', id, 'customer');
}
