import { readForm } from '../checkout/form.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import { setUp } from '../payments/set-up.js';
import { insertSetupIntent, newSetupIntent } from '../payments/setup-intents.js';
import type { Customer, PaymentMethod } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { afterFlow, type Reply, type Visit } from './reply.js';

const NOT_PROCESSED = 422;
const PAYMENT_REQUIRED = 402;

/** The customer's payment methods, the newest first. */
export async function shownMethods({ tx, portal }: Visit) {
  const { customer, path } = portal;
  const methods = await tx.objects.list('payment_method', { limit: -1, where: { customer: customer.id } });
  const chosen = customer.invoice_settings.default_payment_method;
  return methods.map((method) => ({
    id: method.id,
    name: methodName(method),
    expires: method.card ? `${String(method.card.exp_month).padStart(2, '0')} / ${method.card.exp_year}` : undefined,
    isDefault: method.id === chosen,
    action: `${path}/payment-methods/${method.id}`,
  }));
}

/** `Visa •••• 4242` */
export function methodName({ card, type, us_bank_account: bank, sepa_debit: sepa }: PaymentMethod): string {
  const last4 = card?.last4 ?? bank?.last4 ?? sepa?.last4;
  const kind = (card?.brand ?? type).replaceAll('_', ' ');
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${last4 ? ` •••• ${last4}` : ''}`;
}

/** The form for a new card. */
export const newCard = async (visit: Visit): Promise<Reply> => cardForm(visit);

function cardForm(visit: Visit, more: object = {}, status = 200): Reply {
  const { path, session } = visit.portal;
  mustBeOn(visit);
  const model = {
    title: 'Add a payment method',
    action: `${path}/payment-methods/new`,
    back: session.flow ? session.return_url : `${path}/home`,
    problems: {},
    ...more,
  };
  return { view: 'portal-card', model, status };
}

/** Saves a card and makes it the default of the customer. */
export async function addCard(visit: Visit): Promise<Reply> {
  const { tx, portal, form, origin } = visit;
  const { customer, path } = portal;
  mustBeOn(visit);
  const reading = readForm(
    { ...form, email: customer.email ?? 'customer@example.com' },
    { card: true, bankDebit: false },
  );
  if ('problems' in reading) return cardForm(visit, { ...reading.typed, problems: reading.problems }, NOT_PROCESSED);
  const { kind, payer } = reading.submission;
  if (!kind) throw new Error('A card was read without its kind');
  const method = await createPaymentMethod(tx, payer, kind);
  const intent = await insertSetupIntent(tx, newSetupIntent({ customer: customer.id }));
  const returnUrl = `${origin}${path}/payment-methods/added`;
  const setup = await setUp(tx, intent, method, { url: `${origin}/c/authenticate/${intent.id}`, returnUrl });
  switch (setup.outcome) {
    case 'declined':
      return cardForm(visit, { ...reading.typed, alert: setup.failure.message }, PAYMENT_REQUIRED);
    case 'authenticate':
      await tx.objects.note('setup_intent', intent.id, { returnUrl });
      return { redirect: `/c/authenticate/${intent.id}` };
    case 'succeeded':
      await makeDefault(tx, customer, method.id);
      return afterFlow(portal);
  }
}

/** The customer comes back from the authentication of a card. */
export async function cardAdded(visit: Visit): Promise<Reply> {
  const { tx, portal, query } = visit;
  const intent = await tx.objects.find('setup_intent', String(query['setup_intent']));
  if (intent?.customer !== portal.customer.id || intent.status !== 'succeeded') {
    return cardForm(
      visit,
      { alert: intent?.last_setup_error?.message ?? 'The card could not be saved.' },
      PAYMENT_REQUIRED,
    );
  }
  await makeDefault(tx, portal.customer, String(intent.payment_method));
  return afterFlow(portal);
}

export async function chooseDefault(visit: Visit): Promise<Reply> {
  await makeDefault(visit.tx, visit.portal.customer, (await ownMethod(visit)).id);
  return { redirect: `${visit.portal.path}/home` };
}

/** The payment method that the address names, or the given one; another customer's is as if it were not there. */
export async function ownMethod(visit: Visit, id = String(visit.named['method'])): Promise<PaymentMethod> {
  mustBeOn(visit);
  const method = await visit.tx.objects.find('payment_method', id);
  if (method?.customer !== visit.portal.customer.id) throw noSuch('payment_method', id, 'id', 404);
  return method;
}

async function makeDefault(tx: Tx, { id }: Customer, method: string): Promise<void> {
  const before = await tx.objects.get('customer', id);
  const settings = { ...before.invoice_settings, default_payment_method: method };
  const after: Customer = { ...before, invoice_settings: settings };
  await tx.objects.save(after);
  await tx.events.record('customer.updated', after, before);
}

export function mustBeOn({ portal }: Visit): void {
  if (!portal.configuration.features.payment_method_update.enabled) {
    throw invalidRequest('Payment methods cannot be changed here.');
  }
}
