import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Notes } from '../model/notes.js';
import type { Tx } from '../state/store.js';
import type { PaymentMethod } from '../model/wire.js';
import type { Failure } from './fail.js';
import { refusalToSave } from './test-cards.js';
import { fieldsOfKind, type PaymentMethodKind, type Payer } from './payment-method-kinds.js';

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

export const NO_BILLING_DETAILS: Payer = { address: NO_ADDRESS, email: null, name: null, phone: null, tax_id: null };

/** `id`: that of a card of the older kind. */
type More = Partial<Pick<PaymentMethod, 'id' | 'allow_redisplay' | 'metadata'>>;

export async function createPaymentMethod(
  tx: Tx,
  payer: Partial<Payer>,
  kind: PaymentMethodKind,
  { id = newId('paymentMethod'), allow_redisplay = 'unspecified', metadata = {} }: More = {},
): Promise<PaymentMethod> {
  const method: PaymentMethod = {
    id,
    object: 'payment_method',
    allow_redisplay,
    billing_details: { ...NO_BILLING_DETAILS, ...payer, address: payer.address ?? NO_ADDRESS },
    created: unixNow(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    ...fieldsOfKind(kind),
  };
  await tx.objects.insert(method);
  const behaves = behaviourNotes(kind);
  await tx.objects.note('payment_method', method.id, behaves);
  return method;
}

function behaviourNotes(kind: PaymentMethodKind): Notes['payment_method'] {
  switch (kind.type) {
    case 'card':
      return { testCard: kind.card.testCard };
    case 'other':
      return { redirects: true };
    default:
      return { ending: kind.ending };
  }
}

/** Why this payment method cannot be saved to a customer, as with cards that decline; undefined where it can. */
export async function refusalToAttach({ objects }: Tx, { id }: PaymentMethod): Promise<Failure | undefined> {
  const { testCard } = (await objects.findNotes('payment_method', id)) ?? {};
  return testCard === undefined ? undefined : refusalToSave(testCard);
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
