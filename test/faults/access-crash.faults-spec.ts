import { useAppProcess } from '../support/app-process.js';
import { askStripe } from '../support/ask-stripe.js';
import { Customer } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { shopWithCatalog } from './support/open-payment.js';
import { StripeOutside } from './support/stripe-outside.js';

const DAY_MS = 86_400_000;

/** The demo catalog's plan has a trial of 14 days and the feature `pro`. */
const PLAN = 'nest_stripe_billing_pro_monthly';

import.meta.jest.setTimeout(150_000);

describe('access that ends by the time alone while the app is killed', () => {
  const app = useAppProcess();
  let stripe: StripeOutside;
  beforeAll(async () => {
    stripe = await StripeOutside.startFor(app, { forwardTo: [`${app.url}/webhook`] });
    await app.start({ ...stripe.settings, STRIPE_WEBHOOK_SECRET: stripe.sandbox.webhookSecret });
  });
  afterAll(() => stripe.stop());

  /** Somebody in a trial that is not going to be paid for. */
  async function inTrial(email: string): Promise<void> {
    const customer = new Customer(app.url, email);
    const opened = await customer.submit(await shopWithCatalog(customer), '/create-checkout-session', { price: PLAN });
    await customer.payByCard(await customer.get(opened.location ?? ''));
    const trial = 'SELECT id, cancel_at FROM subscriptions WHERE owner_id = ? AND access = 1';
    const look = () => app.database.rows<{ id: string; cancel_at: number | null }>(trial, email);
    const { id } = await eventually('the trial', async () => (await look())[0]);
    await askStripe(stripe.sandbox.url, `/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' });
    await eventually('its end is scheduled', async () => (await look())[0]?.cancel_at);
  }

  it.each(['entitlements written', 'access changed'] as const)(
    'when its %s: it is granted and revoked once, each with its handlers',
    async (step) => {
      const email = `${step.replace(' ', '-')}@example.com`;
      await inTrial(email);
      stripe.sandbox.holdWebhooks();
      await app.events.drained();
      const reads = () => app.database.rows('SELECT id FROM stripe_reads WHERE wanted > applied');
      await eventually('nothing is to be read', async () => (await reads()).length === 0);
      await app.killAt(step);
      await stripe.sandbox.moveClock(15 * DAY_MS);
      await app.hasEnded();
      await app.start();
      const changes = () =>
        app.database.rows<{ change: string }>(
          'SELECT change FROM entitlement_changes WHERE owner_id = ? ORDER BY seq',
          email,
        );
      await eventually('it is revoked', async () => (await changes()).length > 1);
      stripe.sandbox.releaseWebhooks();
      const status = () =>
        app.database.rows<{ status: string }>('SELECT status FROM subscriptions WHERE owner_id = ?', email);
      await eventually('it is canceled', async () => (await status())[0]?.status === 'canceled');
      expect(await changes()).toEqual([{ change: 'granted' }, { change: 'revoked' }]);
      const effects =
        "SELECT event_id FROM effects WHERE handler = 'CountingAccess' AND event_id LIKE ? ORDER BY event_id";
      expect(await app.database.rows(effects, `${email}%`)).toEqual([
        { event_id: `${email} pro granted 1` },
        { event_id: `${email} pro revoked 2` },
      ]);
    },
  );
});
