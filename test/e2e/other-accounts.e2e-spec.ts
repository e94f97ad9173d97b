import { jest } from '@jest/globals';
import { Injectable, Logger } from '@nestjs/common';
import type { StripeEventOf } from '../../src/stripe/stripe.types.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../src/webhook/index.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { printed, WebhookSender } from '../support/webhook-sender.js';

let taken: (string | undefined)[] = [];

@Injectable()
@HandlesStripeEvent('checkout.session.completed')
class TakesSellers implements StripeEventHandler<'checkout.session.completed'> {
  readonly takesConnectedAccounts = true;
  async apply({ account }: StripeEventOf<'checkout.session.completed'>): Promise<void> {
    taken.push(account);
  }
}

let sessions = 0;
/** A paid session of a payment link, as it comes to an endpoint that listens to connected accounts, or to an organisation's. */
const aPaidLink = (more: object) => ({
  ...anEvent('checkout.session.completed', {
    id: `cs_test_${++sessions}`,
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    amount_total: 1999,
    currency: 'usd',
    created: 1_795_773_600,
    client_reference_id: null,
    metadata: {},
    payment_link: 'plink_1',
    payment_intent: `pi_${sessions}`,
    customer_details: { email: 'customer@example.com' },
  } as never),
  ...more,
});
/** `account` where Stripe prints it: read at the two ends of the event, too. */
const asStripePrints = ({ id, object, ...rest }: object & { id?: string; object?: string }, more: object) =>
  printed({ id, object, ...more, ...rest });

describe('an event of another account', () => {
  let shop: Shop | undefined;
  let lines: string[];
  beforeEach(() => {
    [taken, lines] = [[], []];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
  });
  afterEach(async () => {
    await shop?.stop();
    jest.restoreAllMocks();
  });

  const open = async (settings: Record<string, string> = {}) => {
    shop = await startShop({ handlers: [TakesSellers], settings });
    const log = shop.app.get(EventLog);
    const finished = (id: string) =>
      eventually(`${id} is finished`, async () => {
        const found = await log.find(id);
        return found && found.event.status !== 'pending' ? found : undefined;
      });
    const total = async () => (await shop?.app.get(PaymentReader).list({}))?.total;
    return { sender: new WebhookSender(shop.url, shop.sandbox.webhookSecret), finished, total };
  };

  it.each<[string, object, RegExp]>([
    ['a connected account', { account: 'acct_1Seller' }, /another account: acct_1Seller/],
    ['an account of an organisation', { context: 'acct_1Other' }, /another account: acct_1Other/],
    ['an account with no proper name', { account: { id: 'acct_1' } }, /another account: without a name/],
  ])('is ignored with the reason, and is no payment, where it is of %s [M3]', async (_, more, reason) => {
    const { sender, finished, total } = await open();
    const [first, second] = [aPaidLink(more), aPaidLink({})];
    expect((await sender.send(first)).status).toBe(200);
    expect((await sender.send(asStripePrints(second as object, more))).status).toBe(200);
    for (const { id } of [first, second])
      expect((await finished(id)).event).toMatchObject({ status: 'ignored', reason: expect.stringMatching(reason) });
    expect(taken).toEqual([]);
    expect(await total()).toBe(0);
  });

  it('reaches the handlers that take it where it is asked for, and is no payment of ours [M3]', async () => {
    const { sender, finished, total } = await open({ CONNECTED_ACCOUNTS: 'true' });
    const event = aPaidLink({ account: 'acct_1Seller' });
    await sender.send(event);
    const { event: row, runs } = await finished(event.id);
    expect(row.status).toBe('done');
    expect(runs).toMatchObject([
      { handler: 'RecordCheckoutCompleted', status: 'ignored', lastError: expect.stringMatching(/acct_1Seller/) },
      { handler: 'TakesSellers', status: 'done' },
    ]);
    expect(taken).toEqual(['acct_1Seller']);
    expect(await total()).toBe(0);
  });

  it('or of another API version is taken, and one warning is logged for each version [M6]', async () => {
    const { sender, finished } = await open();
    const versions = ['2024-06-20', '2024-06-20', '2023-10-16', '2026-10-28.endive', null];
    for (const version of versions) {
      const event = aPaidLink({ api_version: version });
      await sender.send(event);
      expect((await finished(event.id)).event.status).toBe('done');
    }
    const warnings = lines.filter((line) => line.includes('API version'));
    expect(warnings).toEqual([
      expect.stringMatching(/"2024-06-20".*webhooks sync/),
      expect.stringMatching(/"2023-10-16".*webhooks sync/),
    ]);
  });
});
