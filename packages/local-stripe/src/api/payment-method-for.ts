import { nowMs } from '../model/clock.js';
import type { Tx } from '../state/store.js';
import { invalidRequest, noSuch, type ApiError } from '../conventions/errors.js';
import type { PaymentMethodKind } from '../payments/payment-method-kinds.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import { cardNamed } from '../payments/test-cards.js';
import type { PaymentMethod } from '../model/wire.js';

/** The Payment Methods that the test ids of a call became: a test id named twice is one. */
const madeInCall = new WeakMap<Tx, Map<string, string>>();

/** The Payment Method of this id. Each call that names one of Stripe's test ids (`pm_card_visa`) creates a new one. */
export async function paymentMethodFor(
  tx: Tx,
  id: string,
  param: string,
  status: 400 | 404 = 400,
): Promise<PaymentMethod> {
  const made = madeInCall.get(tx) ?? new Map<string, string>();
  const known = made.get(id) ?? id;
  const method = await tx.objects.find('payment_method', known);
  if (method) return method;
  const kind = testKind(id);
  if (!kind) throw noSuch('payment_method', id, param, status);
  const created = await createPaymentMethod(tx, {}, kind);
  madeInCall.set(tx, made.set(id, created.id));
  return created;
}

export const notTheirs = (id: string, param: string): ApiError =>
  invalidRequest(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    param,
    'resource_missing',
  );

function testKind(id: string): PaymentMethodKind | undefined {
  if (id.startsWith('pm_card_')) return cardKind(id.slice('pm_card_'.length));
  switch (id) {
    case 'pm_usBankAccount_success':
    case 'pm_usBankAccount':
      return { type: 'us_bank_account', last4: '6789', ending: 'settle' };
    case 'pm_usBankAccount_insufficientFunds':
      return { type: 'us_bank_account', last4: '2227', ending: 'fail' };
    case 'pm_usBankAccount_accountClosed':
      return { type: 'us_bank_account', last4: '1113', ending: 'fail' };
    case 'pm_usBankAccount_accountFrozen':
    case 'pm_usBankAccount_noAccount':
    case 'pm_usBankAccount_debitNotAuthorized':
    case 'pm_usBankAccount_invalidCurrency':
    case 'pm_usBankAccount_failureUponMicrodeposits':
      return { type: 'us_bank_account', last4: '1116', ending: 'fail' };
    case 'pm_sepaDebit':
    case 'pm_sepaDebit_success':
      return { type: 'sepa_debit', country: 'DE', last4: '3000', ending: 'settle' };
    case 'pm_bankAccount_success':
      return { type: 'us_bank_account', last4: '6789', ending: 'settle' };
    default:
      return undefined;
  }
}

/** The test card of a token's name (`visa`); undefined where there is none. */
export function cardKind(name: string): PaymentMethodKind | undefined {
  const card = cardNamed(name, new Date(nowMs()));
  return card && { type: 'card', card };
}
