import { aCheckoutSession } from '../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../test/support/testing-app.js';
import { PaymentReader } from '../payments/account/payment-reader.service.js';
import { StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import type { CheckoutSession, NewCheckoutSession } from '../stripe/stripe.types.js';
import type { Offer } from './catalog/offers.service.js';
import { CheckoutOpener } from './checkout-opener.service.js';

const JENNY = { id: 'jenny', email: 'jenny@example.com' };
const BOOK: Offer = {
  lookupKey: 'book',
  name: 'A book',
  description: 'To read',
  amount: 1999,
  currency: 'usd',
  priceId: 'price_1',
};
const DEARER: Offer = { ...BOOK, priceId: 'price_2', amount: 2499 };

describe('a click on Buy Now', () => {
  let app: TestingApp;
  /** What is at Stripe, by its id. */
  let sessions: Map<string, CheckoutSession>;
  /** Idempotency keys with which sessions were asked for. */
  let asked: string[];
  beforeEach(async () => {
    app = await testingApp();
    sessions = new Map();
    asked = [];
    app.stripe.createCheckoutSession.mockImplementation(async (wanted) => make(wanted));
    app.stripe.retrieveCheckoutSession.mockImplementation(async (id) => known(id));
    app.stripe.expireCheckoutSession.mockImplementation(async (id) => {
      if (known(id).status !== 'open') throw new StripeRefusedError('expire', 'it is not open', undefined, 400);
      return change(id, { status: 'expired', url: null });
    });
  });
  afterEach(() => app.close());

  function make({ idempotencyKey, clientReferenceId, metadata, priceId }: NewCheckoutSession): CheckoutSession {
    asked.push(idempotencyKey);
    const before = [...sessions.values()].find(({ client_reference_id: id }) => id === clientReferenceId);
    if (before) return before; // as an idempotency key replays it
    const id = `cs_test_${sessions.size + 1}`;
    const amount_total = priceId === DEARER.priceId ? DEARER.amount : BOOK.amount;
    const names = { id, url: `https://checkout.example/${id}`, client_reference_id: clientReferenceId };
    const session = aCheckoutSession({ ...names, metadata, amount_total, mode: 'payment' });
    sessions.set(id, session);
    return session;
  }
  function known(id: string): CheckoutSession {
    const session = sessions.get(id);
    if (!session) throw new StripeRefusedError('retrieve', 'No such session', 'resource_missing', 404);
    return session;
  }
  function change(id: string, changes: Partial<CheckoutSession>): CheckoutSession {
    const session = { ...known(id), ...changes } as CheckoutSession;
    sessions.set(id, session);
    return session;
  }
  /** The address of the session's page; undefined: refused. */
  const click = async (offer: Offer = BOOK, user = JENNY) => {
    const opened = await app.module.get(CheckoutOpener, { strict: false }).open(user, offer);
    return opened.outcome === 'opened' ? opened.url : undefined;
  };
  const pay = (id: string) =>
    change(id, { status: 'complete', payment_status: 'paid', payment_intent: `pi_${id}`, url: null });
  /** Oldest first. */
  const statuses = async () => {
    const { payments } = await app.module.get(PaymentReader, { strict: false }).list({});
    const byAge = payments.toSorted((a, b) => (a.checkoutSessionId ?? '').localeCompare(b.checkoutSessionId ?? ''));
    return byAge.map(({ status }) => status);
  };
  const openSessions = () => [...sessions.values()].filter(({ status }) => status === 'open').map(({ id }) => id);

  it('goes on with another customer where Stripe has the present one no more, as after a change of the account', async () => {
    await click();
    sessions.clear();
    app.stripeCustomers.findCustomer.mockResolvedValue(undefined);
    app.stripe.createCheckoutSession.mockRejectedValueOnce(
      new StripeRefusedError('create', 'No such customer', 'resource_missing', 400),
    );

    expect(await click()).toBe('https://checkout.example/cs_test_1');
    expect(app.stripeCustomers.createCustomer).toHaveBeenCalledTimes(2);
    expect(new Set(app.stripeCustomers.createCustomer.mock.calls.map(([, key]) => key)).size).toBe(2);
  });

  it('leads to the session that the click before it opened [Build 4]', async () => {
    expect(await click()).toBe('https://checkout.example/cs_test_1');
    expect(await click()).toBe('https://checkout.example/cs_test_1');
    expect(await statuses()).toEqual(['pending']);
  });

  it('at the same moment as another leads to the same session, however they are mixed [Build 4]', async () => {
    const urls = await Promise.all(Array.from({ length: 20 }, () => click()));
    expect(new Set(urls)).toEqual(new Set(['https://checkout.example/cs_test_1']));
    expect(await statuses()).toEqual(['pending']);
  });

  it('opens another session for another price, and for another customer', async () => {
    await click();
    await click({ ...BOOK, lookupKey: 'pen' });
    await click(BOOK, { id: 'rocky', email: 'rocky@example.com' });
    expect(openSessions()).toHaveLength(3);
  });

  it('opens another session once the first is paid, which it settles where no event has come [Build 4]', async () => {
    await click();
    pay('cs_test_1');
    expect(await click()).toBe('https://checkout.example/cs_test_2');
    expect(await statuses()).toEqual(['paid', 'pending']);
  });

  it('opens another session where the first has expired', async () => {
    await click();
    change('cs_test_1', { status: 'expired', url: null });
    expect(await click()).toBe('https://checkout.example/cs_test_2');
    expect(await statuses()).toEqual(['expired', 'pending']);
  });

  it.each<[string, () => void, Offer, typeof JENNY]>([
    ['its price has changed', () => undefined, DEARER, JENNY],
    ['its address has changed', () => undefined, BOOK, { ...JENNY, email: 'new@example.com' }],
    [
      'it is near its end',
      () => change('cs_test_1', { expires_at: Math.floor(Date.now() / 1_000) + 600 }),
      BOOK,
      JENNY,
    ],
    ['it has no page to go to', () => change('cs_test_1', { url: null }), BOOK, JENNY],
  ])(
    'ends the session of before at Stripe, before it opens another, where %s [Build 4]',
    async (_, happens, offer, user) => {
      await click();
      happens();
      app.stripe.createCheckoutSession.mockImplementation(async (wanted) => {
        expect(openSessions()).toEqual([]);
        return make(wanted);
      });
      expect(await click(offer, user)).toBe('https://checkout.example/cs_test_2');
      expect(openSessions()).toEqual(['cs_test_2']);
      expect(await statuses()).toEqual(['expired', 'pending']);
    },
  );

  it('keeps the payment that was made while its session was about to be ended [Build 4]', async () => {
    await click();
    app.stripe.expireCheckoutSession.mockImplementation(async (id) => {
      pay(id);
      throw new StripeRefusedError('expire', 'it is complete', undefined, 400);
    });
    expect(await click(DEARER)).toBe('https://checkout.example/cs_test_2');
    expect(await statuses()).toEqual(['paid', 'pending']);
  });

  it.each(['retrieveCheckoutSession', 'expireCheckoutSession'] as const)(
    'opens nothing while %s is not answered [Build 4]',
    async (call) => {
      await click();
      app.stripe[call].mockRejectedValue(new StripeUnavailableError(call, 'status 500'));
      await expect(click(DEARER)).rejects.toThrow(StripeUnavailableError);
      expect(sessions.size).toBe(1);
      expect(await statuses()).toEqual(['pending']);
    },
  );

  it('finds the session that Stripe made and did not answer, by the same key [Build 4]', async () => {
    app.stripe.createCheckoutSession.mockImplementationOnce(async (wanted) => {
      make(wanted);
      throw new StripeUnavailableError('create', 'it took too long');
    });
    await expect(click()).rejects.toThrow(StripeUnavailableError);
    expect(await click()).toBe('https://checkout.example/cs_test_1');
    expect(sessions.size).toBe(1);
    expect(new Set(asked).size).toBe(1);
  });

  it('ends a session that Stripe made at the old price and did not answer, by the same key [Build 4]', async () => {
    app.stripe.createCheckoutSession.mockRejectedValueOnce(new StripeUnavailableError('create', 'it took too long'));
    await expect(click()).rejects.toThrow(StripeUnavailableError);
    expect(await click(DEARER)).toBe('https://checkout.example/cs_test_2');
    expect(sessions.get('cs_test_1')).toMatchObject({ status: 'expired', amount_total: BOOK.amount });
  });

  it('opens nothing while a session may exist that is asked for with other settings now', async () => {
    app.stripe.createCheckoutSession.mockRejectedValueOnce(new StripeUnavailableError('create', 'it took too long'));
    await expect(click()).rejects.toThrow(StripeUnavailableError);
    const refused = new StripeRefusedError('create', 'other parameters', 'idempotency_key_reused', 400);
    app.stripe.createCheckoutSession.mockRejectedValueOnce(refused);
    await expect(click()).rejects.toThrow(StripeUnavailableError);
    expect(await statuses()).toEqual(['pending']);
  });

  it('hands out no session of another customer, as after the first one was deleted', async () => {
    await click();
    change('cs_test_1', { customer: 'cus_deleted' });
    expect(await click()).toBe('https://checkout.example/cs_test_2');
    expect(openSessions()).toEqual(['cs_test_2']);
  });

  it('is not held up by a session that this Stripe account does not know', async () => {
    await click();
    app.stripe.retrieveCheckoutSession.mockRejectedValueOnce(
      new StripeRefusedError('retrieve', 'No such session', 'resource_missing', 404),
    );
    expect(await click()).toBe('https://checkout.example/cs_test_2');
    expect(await statuses()).toEqual(['expired', 'pending']);
  });

  it('gives way where Stripe refuses the price, and leaves nothing open', async () => {
    app.stripe.createCheckoutSession.mockRejectedValue(new StripeRefusedError('create', 'inactive', undefined, 400));
    expect(await click()).toBeUndefined();
    expect(await statuses()).toEqual(['failed']);
  });
});
