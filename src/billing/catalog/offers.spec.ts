import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { Subject } from 'rxjs';
import { mockStripe } from '../../../test/support/mock-stripe.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import type { Price } from '../../stripe/stripe.types.js';
import { Offers } from './offers.service.js';

const ITEM = { lookupKey: 'book', productId: 'book', name: 'A book', description: '', amount: 1500, currency: 'usd' };
const price = (amount: number) =>
  ({ id: `price_${amount}`, lookup_key: 'book', unit_amount: amount, currency: 'usd' }) as Price;
const away = new StripeUnavailableError('prices.list', 'status 500');

describe('what the shop shows', () => {
  const stripe = mockStripe();
  let listen: Subject<void>;
  let offers: Offers;
  beforeEach(() => {
    jest.useFakeTimers();
    stripe.findPrices.mockReset();
    listen = new Subject();
    offers = new Offers(stripe, [ITEM], { listen$: listen.asObservable() } as HttpAdapterHost);
  });
  afterEach(() => {
    offers.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  beforeAll(() => Logger.overrideLogger(false));

  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const shown = async () => {
    const { offers: now, reachable } = await offers.shown();
    return { amounts: now?.map(({ amount }) => amount), reachable };
  };
  const hangs = () => new Promise<Price[]>(() => undefined);

  it('is nothing at first, at once, while Stripe has not answered [Build 6]', async () => {
    stripe.findPrices.mockImplementation(hangs);
    listen.next();
    expect(await shown()).toEqual({ amounts: undefined, reachable: true });
    await after(600_000);
    expect(stripe.findPrices).toHaveBeenCalledTimes(1);
  });

  it('is what Stripe said last, while it hangs, with one call under way [Build 6]', async () => {
    stripe.findPrices.mockResolvedValueOnce([price(1500)]).mockImplementation(hangs);
    listen.next();
    await after(600_000);
    expect(await shown()).toEqual({ amounts: [1500], reachable: true });
    expect(stripe.findPrices).toHaveBeenCalledTimes(2);
    void offers.current();
    void offers.current();
    expect(stripe.findPrices).toHaveBeenCalledTimes(2);
  });

  it('is what Stripe said last, with a word that it does not answer, until it does [Build 6]', async () => {
    stripe.findPrices.mockResolvedValueOnce([price(1500)]).mockRejectedValue(away);
    listen.next();
    await after(60_000);
    expect(await shown()).toEqual({ amounts: [1500], reachable: false });
    stripe.findPrices.mockResolvedValue([price(1800)]);
    await after(5_000);
    expect(await shown()).toEqual({ amounts: [1800], reachable: true });
  });

  it('asks Stripe again after a pause where it failed, not for each visitor [Build 6]', async () => {
    stripe.findPrices.mockRejectedValue(away);
    listen.next();
    await after(0);
    for (let visitor = 0; visitor < 100; visitor++) await shown();
    expect(stripe.findPrices).toHaveBeenCalledTimes(1);
    await after(60_000);
    expect(stripe.findPrices.mock.calls.length).toBeLessThanOrEqual(13);
  });

  it('is the price in other currencies too, where that is a whole number [M1]', async () => {
    const option = (unit_amount: number | null) => ({ unit_amount });
    const options = { usd: option(1500), eur: option(1399), jpy: option(null) };
    stripe.findPrices.mockResolvedValueOnce([{ ...price(1500), currency_options: options } as never]);
    expect(await offers.current()).toMatchObject([{ amount: 1500, currency: 'usd' }]);
    expect((await offers.current())[0]?.otherPrices).toEqual({ eur: 1399 });
  });

  it('follows a price that was changed at Stripe within 35 s', async () => {
    stripe.findPrices.mockResolvedValueOnce([price(1500)]).mockResolvedValue([price(1800)]);
    listen.next();
    await after(35_000);
    expect(await shown()).toMatchObject({ amounts: [1800] });
  });

  it('waits a moment for the new price where the old one was found to be wrong, and no longer', async () => {
    stripe.findPrices.mockResolvedValueOnce([price(1500)]);
    await offers.current();
    stripe.findPrices.mockImplementationOnce(async () => [price(1800)]);
    offers.refresh();
    expect(await shown()).toMatchObject({ amounts: [1800] });
    stripe.findPrices.mockImplementation(hangs);
    offers.refresh();
    const page = shown();
    await after(1_000);
    expect(await page).toMatchObject({ amounts: [1800] });
    expect(await shown()).toMatchObject({ amounts: [1800] });
  });

  it('is not what an answer says that was under way when something changed', async () => {
    let answerOld: (prices: Price[]) => void = () => undefined;
    stripe.findPrices.mockReturnValueOnce(new Promise((resolve) => (answerOld = resolve)));
    void offers.current();
    stripe.findPrices.mockResolvedValueOnce([price(1800)]);
    offers.refresh();
    expect(await offers.current()).toMatchObject([{ amount: 1800 }]);
    answerOld([price(1500)]);
    await after(0);
    expect(await shown()).toMatchObject({ amounts: [1800] });
  });
});
