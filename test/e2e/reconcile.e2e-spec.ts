import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { SeededRandom } from '../support/seeded-random.js';
import { askStripe } from '../support/ask-stripe.js';
import { cliJson, runCli } from '../support/cli.js';
import { CARDS, type Customer } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';

const SCENARIOS = 24;
const SCENARIO_KINDS = [
  'paid',
  'declined',
  'open',
  'expired',
  'debit settles',
  'debit fails',
  'refunded',
  'partly',
  'returned',
  'disputed',
];

describe('after a time without webhooks', () => {
  const random = SeededRandom.announced('reconcile');
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
    shop.sandbox.holdWebhooks();
    const left = SCENARIO_KINDS.flatMap((kind) => [kind, kind]).concat(
      Array.from({ length: SCENARIOS - 2 * SCENARIO_KINDS.length }, () => random.pick(SCENARIO_KINDS) ?? 'paid'),
    );
    for (const [at, kind] of left.entries()) await play(kind, shop.customer(`customer-${at}@example.com`));
    await eventually('delayed payments and refunds have ended', haveEnded, 20_000);
  }, 120_000);
  afterAll(() => shop.stop());

  const stripe = <T extends object>(path: string, body?: Record<string, string>): Promise<T> =>
    askStripe<T>(shop.sandbox.url, `/v1/${path}`, body);
  interface Listed {
    data: { id: string; status: string; metadata: Record<string, string> }[];
    has_more: boolean;
  }
  /** What somebody does in the Dashboard. */
  const refund = async (sessionId: string, amount: number) => {
    const { payment_intent: intent } = await stripe<{ payment_intent: string }>(`checkout/sessions/${sessionId}`);
    await stripe('refunds', { payment_intent: intent, amount: String(amount) });
  };

  async function play(kind: string, customer: Customer): Promise<void> {
    const cards: Record<string, string> = { returned: CARDS.refundFails, disputed: CARDS.disputes };
    const checkout = await customer.goToCheckout();
    const id = /cs_test_\w+/.exec(checkout.url)?.[0] ?? '';
    if (kind === 'open') return;
    if (kind === 'expired') return void (await stripe(`checkout/sessions/${id}/expire`, {}));
    if (kind.startsWith('debit'))
      return void (await customer.payByBankDebit(checkout, kind.endsWith('fails') ? 'fail' : 'settle'));
    if (kind === 'declined') await customer.payByCard(checkout, CARDS.declined);
    await customer.payByCard(checkout, cards[kind]);
    if (kind === 'refunded' || kind === 'returned') await refund(id, 1999);
    if (kind === 'partly') for (let times = random.between(1, 3); times > 0; times--) await refund(id, 100);
  }

  async function haveEnded(): Promise<boolean> {
    const intents = await stripe<Listed>('payment_intents?limit=100');
    const refunds = await stripe<Listed>('refunds?limit=100');
    const failed = refunds.data.filter(({ status }) => status === 'failed').length;
    return intents.data.every(({ status }) => status !== 'processing') && failed >= 2;
  }

  /** Everything stored of every payment, except when it was learned, and from which source. */
  const payments = async () => {
    const { payments: all } = await shop.app.get(PaymentReader).list({});
    return all.map(({ history, disputes, refunds, ...payment }) => ({
      ...payment,
      refunds: refunds.toSorted((a, b) => a.id.localeCompare(b.id)),
      disputes: disputes.map(({ withdrawnAt, reinstatedAt: _at, ...dispute }) => ({ ...dispute, gone: !!withdrawnAt })),
      is: history.at(-1)?.to,
    }));
  };
  const reconcile = (...options: string[]) => cliJson(shop.settings, 'reconcile', ...options);

  it('reconcile lists what differs, and why, and changes nothing', async () => {
    const before = await payments();
    const { status, out, err } = await runCli(shop.settings, ['reconcile', '--since', '1h']);
    expect(status).toBe(1);
    expect(out).toMatch(
      /checkout_session cs_\w+ \(complete, paid\), payment [\w-]+: .*status is pending here, paid by Stripe/,
    );
    expect(err).toMatch(new RegExp(`Checkout Sessions: ${SCENARIOS} read, \\d+ differ`));
    expect(await payments()).toEqual(before);
  });

  it('reconcile --repair brings it all in, as the events do when they come after all', async () => {
    const repaired = await reconcile('--repair');
    expect(repaired).toMatchObject({ remaining: 0 });
    expect(repaired.differences.length).toBeGreaterThan(SCENARIOS / 2);
    expect(await reconcile()).toMatchObject({ differences: [], remaining: 0 });
    expect((await runCli(shop.settings, ['reconcile'])).status).toBe(0);
    const known = await payments();
    expect(new Set(known.map(({ status }) => status))).toEqual(
      new Set(['pending', 'paid', 'failed', 'expired', 'refunded', 'partially_refunded', 'disputed']),
    );

    const { data } = await stripe<Listed>('events?limit=100&type=checkout.session.completed');
    shop.sandbox.releaseWebhooks();
    await eventually(
      'every event has come and is handled',
      async () => {
        const done = await shop.app.get(EventLog).list({ type: 'checkout.session.completed', status: 'done' });
        const pending = await shop.app.get(EventLog).list({ status: 'pending' });
        return done.total === data.length && pending.total === 0;
      },
      30_000,
    );
    expect(await payments()).toEqual(known);
    expect(await reconcile()).toMatchObject({ differences: [], remaining: 0 });
  });
});
