import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { Clock } from '../../src/time/clock.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const DAY_MS = 86_400_000;

describe("the clock of a shop beside the local Stripe's", () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await startShop();
  });
  afterEach(() => shop.stop());

  const aheadDays = () => Math.round(shop.app.get(Clock).aheadMs / DAY_MS);

  it('follows a move that causes no event', async () => {
    expect(aheadDays()).toBe(0);
    let moves = 0;
    shop.app.get(Clock).onMove(() => moves++);
    await shop.sandbox.moveClock(40 * DAY_MS);
    await eventually('the move', () => aheadDays() === 40);
    expect(moves).toBe(1);
    await shop.sandbox.reset();
    await eventually('the machine’s time again', () => aheadDays() === 0);
  });

  it('stands at the time of an event when that is handled: its payment is settled in the future, after it was opened', async () => {
    await shop.sandbox.moveClock(40 * DAY_MS);
    const customer = shop.customer();
    await customer.buy();
    const settled = async () =>
      (await shop.app.get(PaymentReader).list({})).payments.find(({ status }) => status === 'paid');
    const { createdAt } = await eventually('the payment', settled);
    expect(aheadDays()).toBe(40);
    expect(Math.round((createdAt.getTime() - Date.now()) / DAY_MS)).toBeGreaterThanOrEqual(0);
  });

  it('leads a second click to the open checkout, also where that expires by a clock far ahead', async () => {
    await shop.sandbox.moveClock(40 * DAY_MS);
    await eventually('the move', () => aheadDays() === 40);
    const customer = shop.customer();
    const click = async () => customer.submit(await customer.get('/'), '/create-checkout-session');
    expect((await click()).location).toBe((await click()).location);
    await shop.sandbox.moveClock(2 * DAY_MS);
    await eventually('the move', () => aheadDays() === 42);
    const last = await click();
    expect(last.status).toBe(303);
  });
});
