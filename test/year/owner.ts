import { CARDS, type Customer } from '../support/customer.js';
import type { SeededRandom } from '../support/seeded-random.js';
import { PLAN_KEYS } from './catalog.js';
import type { ShopOfTheYear } from './shop-of-the-year.js';
import type { ListedCharge, ListedSubscription } from './stripe-history.js';

type List<T> = { data: T[] };
type Act = () => Promise<unknown>;

const times = (count: number, name: string, act: Act) =>
  Array.from({ length: count }, (): [string, Act] => [name, act]);

/** A customer of the year: buys, subscribes, changes, fails to pay, disputes, cancels, comes back, as chance has it. */
export class Owner {
  readonly email: string;
  private readonly browser: Customer;
  private csrf = '';
  private customerId: string | undefined;

  /** @param tally counts what was done, by name; `(unanswered)` where the shop or Stripe did not do it */
  constructor(
    nth: number,
    private readonly shop: ShopOfTheYear,
    private readonly random: SeededRandom,
    private readonly tally: Map<string, number>,
  ) {
    this.email = `owner-${nth}@example.com`;
    this.browser = shop.customer(this.email);
  }

  /** Does one thing. What the shop or Stripe does not answer or refuses is part of a shop's life. */
  async act(): Promise<void> {
    const live = await this.live();
    const acts = live.length > 0 && this.random.chance(0.8) ? this.withPlan(live) : this.withoutPlan();
    const [name, act] = this.random.pick(acts) ?? ['nothing', async () => undefined];
    const done = await act().then(
      () => name,
      () => `${name} (refused or unanswered)`,
    );
    this.tally.set(done, (this.tally.get(done) ?? 0) + 1);
  }

  private withoutPlan(): [string, Act][] {
    const group = this.random.chance(0.75) ? PLAN_KEYS.main : PLAN_KEYS.storage;
    const plan = this.random.pick<string>(group) ?? '';
    const seats = plan.startsWith('pro') ? this.random.between(1, 6) : 1;
    const subscribe: Act = () => this.checkout({ price: plan, quantity: String(seats) });
    return [
      ...times(3, 'subscribe', subscribe),
      ['subscribe after a decline', () => this.checkout({ price: plan }, CARDS.declined)],
      ['buy', () => this.checkout({ price: 'book' })],
      ['buy and dispute', () => this.checkout({ price: 'book' }, CARDS.disputes)],
      ['buy after a decline', () => this.checkout({ price: 'book' }, CARDS.declined)],
      ['leave a checkout', () => this.open({ price: plan })],
    ];
  }

  private withPlan(live: ListedSubscription[]): [string, Act][] {
    const one = this.random.pick(live);
    if (!one) return [];
    const path = `/v1/subscriptions/${one.id}`;
    const seats = String(this.random.between(1, 9));
    const to = this.random.pick<string>(PLAN_KEYS.main) ?? '';
    const behavior = this.random.chance(0.5) ? 'always_invoice' : 'create_prorations';
    const isStorage = one.items.data[0]?.price.lookup_key === 'storage_monthly';
    return [
      ['end with the period', () => this.onPlan(one.id, 'cancel')],
      ['take the end back', () => this.onPlan(one.id, 'keep')],
      ['end with the period in the portal', () => this.ask(path, { cancel_at_period_end: 'true' })],
      ['end on a day', () => this.endOnADay(path)],
      ['end now', () => this.endNow(path)],
      ['change seats', () => this.change(one, { 'items[0][quantity]': seats, proration_behavior: behavior })],
      ...times(2, 'change seats twice', () => this.changeTwice(one, behavior)),
      ...times(2, 'change the plan', () => (isStorage ? this.buyAgain() : this.changePlan(one, to, behavior))),
      ...times(3, 'a card that fails', () => this.card(one, 'pm_card_chargeCustomerFail')),
      ...times(2, 'a good card', () => this.payWithGoodCard(one)),
      ['pause payments', () => this.ask(path, { 'pause_collection[behavior]': 'void' })],
      ['resume payments', () => this.ask(path, { pause_collection: '' })],
      ...times(2, 'refund', () => this.refund()),
      ['dispute', () => this.dispute()],
      ['come back from the portal', () => this.browser.get('/account/portal/return')],
    ];
  }

  private async checkout(fields: Record<string, string>, card: string = CARDS.pays): Promise<void> {
    const page = await this.browser.get(await this.open(fields));
    const paid = await this.browser.payByCard(page, card);
    const { location } = card === CARDS.declined ? await this.browser.payByCard(page) : paid;
    if (location && this.random.chance(0.7)) await this.browser.get(location);
  }

  /** The address of the Checkout page. */
  private async open(fields: Record<string, string>): Promise<string> {
    this.csrf ||= await this.browser.csrf();
    const { location, status } = await this.browser.post('/create-checkout-session', { _csrf: this.csrf, ...fields });
    if (!location?.startsWith(this.shop.sandbox.url)) throw new Error(`No checkout: ${status}`);
    return location;
  }

  private async onPlan(id: string, what: 'cancel' | 'keep'): Promise<void> {
    await this.browser.submit(await this.browser.get('/account'), `/account/subscriptions/${id}/${what}`);
  }

  private async endOnADay(path: string): Promise<void> {
    const at = Math.floor((await this.shop.now()) / 1_000) + this.random.between(1, 60) * 86_400;
    await this.ask(path, { cancel_at: String(at), proration_behavior: 'none' });
  }

  private async endNow(path: string): Promise<void> {
    const headers = { authorization: 'Bearer sk_test_x' };
    const { ok } = await fetch(this.shop.sandbox.url + path, { method: 'DELETE', headers });
    if (!ok) throw new Error('Stripe did not answer');
  }

  private change({ id, items }: ListedSubscription, change: Record<string, string>): Promise<object> {
    return this.ask(`/v1/subscriptions/${id}`, { 'items[0][id]': items.data[0]?.id ?? '', ...change });
  }

  /** The second change is read by the page while the answer about the first one is still on its way. */
  private async changeTwice(one: ListedSubscription, behavior: string): Promise<void> {
    this.shop.answerLate(`GET /v1/subscriptions/${one.id}`);
    for (const seats of [this.random.between(1, 9), this.random.between(10, 19)]) {
      await this.change(one, { 'items[0][quantity]': String(seats), proration_behavior: behavior });
      await this.browser.get('/account');
    }
    await this.browser.get('/account/portal/return');
  }

  private async changePlan(one: ListedSubscription, lookupKey: string, behavior: string): Promise<void> {
    const { data } = await this.ask<List<{ id: string }>>(`/v1/prices?lookup_keys[0]=${lookupKey}`);
    const change = { 'items[0][price]': data[0]?.id ?? '', 'items[0][quantity]': '1', proration_behavior: behavior };
    await this.change(one, { ...change, billing_cycle_anchor: 'now' });
  }

  /** Where there is a plan already, the shop leads to the account. */
  private async buyAgain(): Promise<void> {
    await this.open({ price: 'storage_monthly' }).catch(() => undefined);
  }

  private async card({ id, customer }: ListedSubscription, kind: string): Promise<void> {
    const method = await this.ask<{ id: string }>(`/v1/payment_methods/${kind}/attach`, { customer });
    await this.ask(`/v1/subscriptions/${id}`, { default_payment_method: method.id });
  }

  private async payWithGoodCard(one: ListedSubscription): Promise<void> {
    await this.card(one, 'pm_card_visa');
    if (this.random.chance(0.6)) await this.ask(`/v1/invoices/${one.latest_invoice}/pay`, {});
  }

  /** In the Dashboard: of the newest payment, in full or in part. */
  private async refund(): Promise<void> {
    const charge = (await this.charges()).find((one) => !one.disputed && one.amount_refunded < one.amount);
    if (!charge) throw new Error('nothing to refund');
    const left = charge.amount - charge.amount_refunded;
    const amount = this.random.chance(0.5) ? left : this.random.between(1, left);
    await this.ask('/v1/refunds', { charge: charge.id, amount: String(amount) });
  }

  private async dispute(): Promise<void> {
    const charge = (await this.charges()).find((one) => !one.disputed && one.amount_refunded === 0);
    if (!charge) throw new Error('nothing to dispute');
    const kind = this.random.chance(0.7) ? 'chargeback' : 'inquiry';
    const { id } = await this.shop.control<{ id: string }>(`payments/${charge.id}/dispute`, { kind });
    if (this.random.chance(0.5)) return; // its deadline passes
    const text = this.random.chance(0.5) ? 'winning_evidence' : 'losing_evidence';
    await this.ask(`/v1/disputes/${id}`, { 'evidence[uncategorized_text]': text, submit: 'true' });
  }

  private async charges(): Promise<ListedCharge[]> {
    const { data } = await this.ask<List<ListedCharge>>(`/v1/charges?limit=20&customer=${await this.stripeId()}`);
    return data.filter(({ captured }) => captured);
  }

  private async live(): Promise<ListedSubscription[]> {
    const customer = await this.stripeId();
    if (!customer) return [];
    return (await this.ask<List<ListedSubscription>>(`/v1/subscriptions?limit=10&customer=${customer}`)).data;
  }

  private async stripeId(): Promise<string | undefined> {
    const path = `/v1/customers?limit=1&email=${encodeURIComponent(this.email)}`;
    this.customerId ??= (await this.ask<List<{ id: string }>>(path)).data[0]?.id;
    return this.customerId;
  }

  private ask<T extends object>(path: string, body?: Record<string, string>): Promise<T> {
    return this.shop.ask<T>(path, body);
  }
}
