import { nowMs } from '../clock.js';
import type { Tx } from '../ledger.js';
import { noSuch } from '../manners/refusals.js';
import type { Means } from '../payments/means.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import { cardNamed } from '../payments/test-cards.js';
import type { PaymentMethod } from '../wire.js';

/** The Payment Method of this id. Stripe's test methods (`pm_card_visa`) are made anew each time they are named. */
export async function paymentMethodFor(
  tx: Tx,
  id: string,
  param: string,
  status: 400 | 404 = 400,
): Promise<PaymentMethod> {
  const means = testMeans(id);
  if (means) return createPaymentMethod(tx, {}, means);
  const method = await tx.objects.find('payment_method', id);
  if (!method) throw noSuch('PaymentMethod', id, param, status);
  return method;
}

function testMeans(id: string): Means | undefined {
  if (id.startsWith('pm_card_')) return cardMeans(id.slice('pm_card_'.length));
  switch (id) {
    case 'pm_usBankAccount_success':
    case 'pm_usBankAccount':
      return { type: 'us_bank_account', last4: '6789', ending: 'settle' };
    case 'pm_usBankAccount_insufficientFunds':
      return { type: 'us_bank_account', last4: '2227', ending: 'fail' };
    case 'pm_usBankAccount_accountClosed':
      return { type: 'us_bank_account', last4: '1113', ending: 'fail' };
    default:
      return undefined;
  }
}

/** The card that a token's name (`visa`) stands for; undefined: none. */
export function cardMeans(name: string): Means | undefined {
  const card = cardNamed(name, new Date(nowMs()));
  return card && { type: 'card', card };
}
