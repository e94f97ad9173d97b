import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Notes } from '../model/notes.js';
import type { Tx } from '../state/store.js';
import type { PaymentMethod } from '../model/wire.js';
import type { Failure } from './fail.js';
import type { Behaviour } from './test-card-list.js';
import { behaviourOf, refusalToSave } from './test-cards.js';
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
  const given = Object.fromEntries(Object.entries(payer).filter(([, value]) => value !== undefined));
  const method: PaymentMethod = {
    id,
    object: 'payment_method',
    allow_redisplay,
    billing_details: { ...NO_BILLING_DETAILS, ...given, address: payer.address ?? NO_ADDRESS },
    created: unixNow(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    ...withAddressChecks(fieldsOfKind(kind), payer.address),
  };
  await tx.objects.insert(method);
  const behaves = behaviourNotes(kind);
  await tx.objects.note('payment_method', method.id, behaves);
  return method;
}

/** The parts of a card's address that a payment will check. */
function withAddressChecks<T extends Pick<PaymentMethod, 'card'>>(fields: T, address: Payer['address'] | undefined): T {
  if (!fields.card?.checks || !address) return fields;
  const checks = {
    ...fields.card.checks,
    ...(address.line1 !== null && { address_line1_check: 'unchecked' }),
    ...(address.postal_code !== null && { address_postal_code_check: 'unchecked' }),
  };
  return { ...fields, card: { ...fields.card, checks } };
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

/** A copy of a payment method, of nobody: for a connected account. */
export async function cloneOf(tx: Tx, original: PaymentMethod, more: Omit<More, 'id'>): Promise<PaymentMethod> {
  const copy = { ...original, ...more, id: newId('paymentMethod'), created: unixNow(), customer: null };
  await tx.objects.insert(copy);
  const seen = await tx.objects.findNotes('payment_method', original.id);
  const { spentOn: _, ...notes } = seen ?? (await tx.objects.ofPlatform().notes('payment_method', original.id));
  await tx.objects.note('payment_method', copy.id, notes);
  return copy;
}

/** Attaches it to a customer. */
export async function attach(tx: Tx, method: PaymentMethod, customer: string): Promise<PaymentMethod> {
  if (method.customer === customer) return method;
  const attached = { ...method, customer };
  await tx.objects.save(attached);
  await tx.events.record('payment_method.attached', attached);
  return attached;
}

/** What the test card of a payment method does when it is charged; that of no test card where it has none. */
export async function behaviourOfMethod({ objects }: Tx, id: string): Promise<Behaviour> {
  const { testCard = '' } = await objects.notes('payment_method', id);
  return behaviourOf(testCard);
}

/** Marks a payment method that was used without a customer, or detached: it can be used for nothing else. */
export async function spend({ objects }: Tx, { id }: PaymentMethod, on: string): Promise<void> {
  const notes = await objects.notes('payment_method', id);
  await objects.note('payment_method', id, { ...notes, spentOn: notes.spentOn ?? on });
}

/** Whether it was used for something else, without a customer. */
export async function isSpent({ objects }: Tx, { id, customer }: PaymentMethod, on = ''): Promise<boolean> {
  if (customer !== null) return false;
  const { spentOn } = (await objects.findNotes('payment_method', id)) ?? {};
  return spentOn !== undefined && spentOn !== on;
}

export async function detach(tx: Tx, method: PaymentMethod): Promise<PaymentMethod> {
  await spend(tx, method, 'detached');
  const detached = { ...method, customer: null };
  await tx.objects.save(detached);
  await tx.events.record('payment_method.detached', detached, method);
  return detached;
}
