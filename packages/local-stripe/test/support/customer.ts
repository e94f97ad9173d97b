import type Stripe from 'stripe';

/** What a customer types; the card number decides what happens. */
export const CARD = {
  email: 'ada@example.com',
  method: 'card',
  number: '4242 4242 4242 4242',
  expiry: '12 / 40',
  cvc: '123',
  name: 'Ada Lovelace',
};

export const BANK_DEBIT = { email: 'ada@example.com', method: 'bank_debit', ending: 'settle' };

/** Submits a form as a browser does, without following where it leads. */
export function submit(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

export const payWithCard = (session: Stripe.Checkout.Session, number = CARD.number): Promise<Response> =>
  submit(String(session.url), { ...CARD, number });

export const see = async (url: string): Promise<string> => (await fetch(url)).text();

/** An open session over one thing at the given price. */
export function openSession(
  stripe: Stripe,
  overrides: Stripe.Checkout.SessionCreateParams = {},
  price: { currency: string; unit_amount: number } = { currency: 'usd', unit_amount: 1999 },
): Promise<Stripe.Checkout.Session> {
  return stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price_data: { ...price, product_data: { name: 'Demo Product' } }, quantity: 1 }],
    success_url: 'http://shop.test/success?checkout_sid={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://shop.test/cancel',
    ...overrides,
  });
}

/** A session paid by card, as the seller finds it afterwards. */
export async function paidSession(stripe: Stripe, number?: string): Promise<Stripe.Checkout.Session> {
  const session = await openSession(stripe);
  await payWithCard(session, number);
  return stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] });
}
