import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { optional, shape, text, type Reader, type ValueOf } from '../conventions/params/index.js';
import { nowMs, unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { PaymentMethod, Token } from '../model/wire.js';
import { asCard } from '../payments/cards.js';
import { fieldsOfKind, type Card, type PaymentMethodKind } from '../payments/payment-method-kinds.js';
import { createPaymentMethod, NO_BILLING_DETAILS } from '../payments/payment-methods.js';
import { cardNamed } from '../payments/test-cards.js';
import type { Tx } from '../state/store.js';
import { cardOf, rawCard } from './raw-card.js';
import { findOr404 } from './reading.js';

/** A source as a parameter has it: a token, a card's id, or a card with its number. */
export const sourceParam: Reader<string | ValueOf<typeof rawCard>> = (raw, param) => {
  if (raw === '') throw invalidRequest('You passed an empty string for the source.', param);
  if (typeof raw === 'string') return text(raw, param);
  const {
    object: _,
    metadata: __,
    country: ___,
    default_for_currency: ____,
    ...card
  } = (raw ?? {}) as Record<string, unknown>;
  return rawCard(card, param);
};

const params = shape({ card: optional(sourceParam), customer: optional(text) });

const create = endpoint(params, async ({ tx, params: { card: said, customer } }) => {
  if (customer !== undefined) return tokenOfCustomer(tx, customer, typeof said === 'string' ? said : undefined);
  if (!said || typeof said === 'string') throw missingParameter('card');
  const card = cardOf(said, 'card');
  if (!card) throw missingParameter('card[number]');
  return createToken(tx, newId('token'), card, said.name ?? null);
});

/** A token of a customer's card, for a connected account; without a card, of its default one. */
async function tokenOfCustomer(tx: Tx, customer: string, named: string | undefined): Promise<Token> {
  const platform = tx.objects.ofPlatform();
  const known = (await platform.find('customer', customer)) ?? (await findOr404(tx, 'customer', customer));
  const { default_source } = known;
  const id = named ?? String(default_source ?? '');
  const method = await platform.find('payment_method', id);
  if (method?.customer !== customer || !method.card) throw noSuch('source', id, 'card');
  const { brand, country, exp_month: expMonth, exp_year: expYear, funding, last4 } = method.card;
  const { testCard = '' } = await platform.notes('payment_method', id);
  const card = { brand, expMonth, expYear, funding, last4, testCard, ...(country !== null && { country }) };
  return createToken(tx, newId('token'), card, method.billing_details.name);
}

async function createToken(tx: Tx, id: string, card: Card, name: string | null): Promise<Token> {
  const token: Token = {
    id,
    object: 'token',
    card: asCard(methodOf(card, newId('card'), name)),
    client_ip: '127.0.0.1',
    created: unixNow(),
    livemode: false,
    type: 'card',
    used: false,
  };
  await tx.objects.insert(token);
  await tx.objects.note('token', token.id, { testCard: card.testCard });
  return token;
}

/** A payment method that is not stored. */
const methodOf = (card: Card, id: string, name: string | null): PaymentMethod => ({
  id,
  object: 'payment_method',
  billing_details: { ...NO_BILLING_DETAILS, name },
  created: unixNow(),
  customer: null,
  customer_account: null,
  livemode: false,
  metadata: {},
  ...fieldsOfKind({ type: 'card', card }),
});

/** Stripe's test tokens (`tok_visa`) are made when they are retrieved. */
const retrieve = endpoint(shape({}), async ({ tx, id }) => {
  const card = testToken(id);
  return card ? createToken(tx, newId('token'), card, null) : findOr404(tx, 'token', id);
});

const testToken = (id: string): Card | undefined =>
  id.startsWith('tok_') ? cardNamed(id.slice('tok_'.length), new Date(nowMs())) : undefined;

/** What a token stands for, which can be used once. Throws ApiError 400. */
export async function redeemToken(
  tx: Tx,
  id: string,
  param: string,
): Promise<{ kind: PaymentMethodKind; cardId: string; name: string | null }> {
  const named = testToken(id);
  if (named) return { kind: { type: 'card', card: named }, cardId: newId('card'), name: null };
  const token = await tx.objects.find('token', id);
  if (!token?.card) throw noSuch('token', id, param);
  if (token.used) {
    const message = `You cannot use a Stripe token more than once: ${id}.`;
    throw invalidRequest(message, undefined, 'token_already_used');
  }
  await tx.objects.save({ ...token, used: true });
  const { testCard } = await tx.objects.notes('token', id);
  const { brand, country, exp_month: expMonth, exp_year: expYear, funding, last4 } = methodCard(token.card);
  const card = { brand, country, expMonth, expYear, funding, last4, testCard };
  return { kind: { type: 'card', card }, cardId: token.card.id, name: token.card.name };
}

/** The card of a token in today's words. */
function methodCard(card: NonNullable<Token['card']>) {
  const brands: Record<string, string> = { 'American Express': 'amex', 'Diners Club': 'diners' };
  const brand = brands[card.brand] ?? card.brand.toLowerCase();
  return { ...card, brand, country: card.country ?? 'US' };
}

/** A new card from a token or a number, of nobody yet, as the payment method that it is stored as. */
export async function cardFrom(
  tx: Tx,
  source: string | ValueOf<typeof rawCard>,
  param: string,
): Promise<PaymentMethod> {
  if (typeof source === 'string') {
    const { kind, cardId, name } = await redeemToken(tx, source, param);
    return createPaymentMethod(tx, { name }, kind, { id: cardId });
  }
  const card = cardOf(source, param);
  if (!card) throw missingParameter(`${param}[number]`);
  return createPaymentMethod(tx, { name: source.name ?? null }, { type: 'card', card }, { id: newId('card') });
}

export function tokenRoutes(api: ApiRouter): void {
  api.post('/tokens', create);
  api.get('/tokens/:id', retrieve);
}
