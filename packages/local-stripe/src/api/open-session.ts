import { ApiError, invalidRequest, missingParameter } from '../conventions/errors.js';
import { changeMetadata } from '../conventions/params/index.js';
import type { LineItem, Session } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { lineItems, sumOf, totalOf } from './line-items.js';
import { newSession } from './new-session.js';
import { intentDataOf, type SessionParams } from './session-params.js';
import { requote } from './session-discounts.js';
import { setupOf } from './session-setup.js';
import { checkTrial } from './session-subscription-data.js';

/** Opens a session in any mode. `origin`: of its page. Throws ApiError 400. */
export async function openSession(tx: Tx, params: SessionParams, origin: string): Promise<Session> {
  refuseOtherModes(params);
  const items = await itemsOf(tx, params);
  const session = newSession(params, totalIn(params, items), origin);
  if (session.payment_method_types.length === 0) {
    throw invalidRequest('The sandbox has card, us_bank_account and sepa_debit only.', 'allowed_payment_method_types');
  }
  await tx.objects.insert(session);
  await tx.objects.note('checkout.session', session.id, {
    lineItems: items,
    paymentIntent: intentDataOf(params),
    ...(params.subscription_data && { subscription: params.subscription_data }),
    ...(params.discounts && { discounts: params.discounts }),
  });
  await tx.timers.set('expire_session', session.id, session.expires_at * 1000);
  return completed(tx, session, params);
}

/** The session with what its mode adds: what is due today, or its Setup Intent. */
async function completed(tx: Tx, session: Session, params: SessionParams): Promise<Session> {
  if (session.mode === 'payment') return params.discounts ? requote(tx, session) : session;
  if (session.mode === 'setup') {
    const { description, metadata } = params.setup_intent_data ?? {};
    const intent = await setupOf(tx, session, { description, metadata: changeMetadata({}, metadata) });
    return saved(tx, { ...session, setup_intent: intent.id });
  }
  return requote(tx, session).catch((error: unknown) => {
    throw error instanceof ApiError ? ofSession(error) : error;
  });
}

/** What is wrong with the subscription, by the name of the parameter here. */
function ofSession({ status, details }: ApiError): ApiError {
  const { param } = details;
  const isOurs = param === undefined || param.startsWith('items') || param.startsWith('discounts');
  const named = isOurs ? param?.replace(/^items/, 'line_items') : `subscription_data[${param}]`;
  return new ApiError(status, { ...details, ...(named !== undefined && { param: named }) });
}

async function saved(tx: Tx, session: Session): Promise<Session> {
  await tx.objects.save(session);
  return session;
}

async function itemsOf(tx: Tx, { line_items: asked = [], mode }: SessionParams): Promise<LineItem[]> {
  if (mode === 'setup') {
    if (asked.length > 0) throw invalidRequest('`line_items` cannot be passed in `setup` mode.', 'line_items');
    return [];
  }
  if (asked.length === 0) throw missingParameter('line_items');
  const items = await lineItems(tx, asked, mode);
  if (mode === 'subscription' && !items.some(({ price }) => price?.recurring)) {
    const message = 'You must provide at least one recurring price in `subscription` mode when using prices.';
    throw invalidRequest(message);
  }
  return items;
}

function totalIn(
  { mode, currency }: SessionParams,
  items: LineItem[],
): { amount: number | null; currency: string | null } {
  if (mode === 'setup') return { amount: null, currency: currency ?? null };
  return mode === 'subscription' ? sumOf(items) : totalOf(items);
}

/** Parameters that belong to another mode than the session's. */
function refuseOtherModes({ mode, ...params }: SessionParams): void {
  const wrong = (name: string, only: string): ApiError =>
    invalidRequest(`You can not pass \`${name}\` in \`${mode}\` mode. It is for \`${only}\` mode.`, name);
  if (params.subscription_data && mode !== 'subscription') throw wrong('subscription_data', 'subscription');
  if (params.setup_intent_data && mode !== 'setup') throw wrong('setup_intent_data', 'setup');
  if (params.payment_intent_data && mode !== 'payment') throw wrong('payment_intent_data', 'payment');
  if (params.customer_creation !== undefined && mode === 'subscription') throw wrong('customer_creation', 'payment');
  if (params.payment_method_collection !== undefined && mode !== 'subscription') {
    throw wrong('payment_method_collection', 'subscription');
  }
  if (params.discounts && params.allow_promotion_codes === true) {
    throw invalidRequest(
      'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      'discounts',
    );
  }
  if (params.subscription_data) checkTrial(params.subscription_data);
}
