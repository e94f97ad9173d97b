import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';

describe('the success page and the webhook', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await startShop();
  });
  afterEach(() => shop.stop());

  const details = (id: string) => shop.app.get(PaymentReader).details(id);
  const completedEventIsDone = async () => {
    const { events } = await shop.app.get(EventLog).list({ type: 'checkout.session.completed' });
    return events[0]?.event.status === 'done';
  };
  /** Without what differs from run to run, and with who caused each change. */
  const changesOf = async (id: string) => (await details(id))?.history.map(({ from, to }) => [from, to]);
  const settledOnce = [
    [null, 'pending'],
    ['pending', 'paid'],
  ];

  it('settle the payment once when the page comes first, and the late event changes nothing', async () => {
    shop.sandbox.holdWebhooks();
    const customer = shop.customer();
    const id = await customer.buy();
    expect(textOf(await customer.get(`/success?checkout_sid=${id}`))).toContain('Payment Successful!');
    const before = await details(id);
    expect(before?.history.at(-1)).toMatchObject({ to: 'paid', cause: 'success page' });

    shop.sandbox.releaseWebhooks();
    await eventually('the late event is handled', completedEventIsDone);
    expect(await details(id)).toEqual(before);
  });

  it('settle the payment once when the event comes first, and the page changes nothing', async () => {
    const customer = shop.customer();
    const id = await customer.buy();
    await eventually('the event is handled', completedEventIsDone);
    const before = await details(id);
    expect(before?.history.at(-1)).toMatchObject({ to: 'paid', cause: expect.stringMatching(/^evt_/) });
    expect(textOf(await customer.get(`/success?checkout_sid=${id}`))).toContain('Payment Successful!');
    expect(await details(id)).toEqual(before);
  });

  it('settle the payment once when they come at the same moment', async () => {
    shop.sandbox.holdWebhooks();
    const customer = shop.customer();
    const id = await customer.buy();
    shop.sandbox.releaseWebhooks();
    await Promise.all(Array.from({ length: 10 }, () => customer.get(`/success?checkout_sid=${id}`)));
    await eventually('the event is handled', completedEventIsDone);
    expect(await changesOf(id)).toEqual(settledOnce);
  });

  it('show a customer who comes back before paying that the payment is awaited', async () => {
    const customer = shop.customer();
    const checkout = await customer.goToCheckout();
    const id = checkout.url.split('/').at(-1)?.split('#')[0];
    const page = await customer.get(`/success?checkout_sid=${id}`);
    expect(textOf(page)).toContain('Waiting for your payment');
    expect(page.headers.get('refresh')).toMatch(/^\d+; url=\/success\?checkout_sid=cs_/);
    const later = await customer.get(`/success?checkout_sid=${id}&look=7`); // a minute later it stops, and offers to look again
    expect(later.headers.get('refresh')).toBeNull();
    expect(textOf(later)).toContain('Look again');
  });
});
