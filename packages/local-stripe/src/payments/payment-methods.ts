import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import type { PaymentMethod } from '../model/wire.js';
import { fieldsOfKind, type PaymentMethodKind, type Payer } from './payment-method-kinds.js';

export const NO_BILLING_DETAILS: Payer = { address: null, email: null, name: null, phone: null, tax_id: null };

type More = Partial<Pick<PaymentMethod, 'allow_redisplay' | 'metadata'>>;

export async function createPaymentMethod(
  tx: Tx,
  payer: Partial<Payer>,
  kind: PaymentMethodKind,
  { allow_redisplay = 'limited', metadata = {} }: More = {},
): Promise<PaymentMethod> {
  const method: PaymentMethod = {
    id: newId('paymentMethod'),
    object: 'payment_method',
    allow_redisplay,
    billing_details: { ...NO_BILLING_DETAILS, ...payer },
    created: unixNow(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    ...fieldsOfKind(kind),
  };
  await tx.objects.insert(method);
  const behaves = kind.type === 'card' ? { testCard: kind.card.testCard } : { ending: kind.ending };
  await tx.objects.note('payment_method', method.id, behaves);
  return method;
}

/** Attaches it to a customer. */
export async function attach(tx: Tx, method: PaymentMethod, customer: string): Promise<PaymentMethod> {
  if (method.customer === customer) return method;
  const attached = { ...method, customer };
  await tx.objects.save(attached);
  await tx.events.record('payment_method.attached', attached);
  return attached;
}

export async function detach(tx: Tx, method: PaymentMethod): Promise<PaymentMethod> {
  const detached = { ...method, customer: null };
  await tx.objects.save(detached);
  await tx.events.record('payment_method.detached', detached, method);
  return detached;
}
