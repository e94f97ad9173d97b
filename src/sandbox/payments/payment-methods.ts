import { unixNow } from '../clock.js';
import { newId } from '../ids.js';
import type { Tx } from '../ledger.js';
import type { PaymentMethod } from '../wire.js';
import { methodOf, type Means, type Payer } from './means.js';

export async function createPaymentMethod(tx: Tx, payer: Payer, means: Means): Promise<PaymentMethod> {
  const method: PaymentMethod = {
    id: newId('paymentMethod'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: { address: null, email: payer.email, name: payer.name, phone: null, tax_id: null },
    created: unixNow(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    ...methodOf(means),
  };
  await tx.objects.insert(method);
  return method;
}
