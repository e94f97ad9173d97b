import type { Answer } from '../contract/client.js';
import { answered, listed, type Call, type Json, type Params } from './calls.js';
import { COUPONS, PLANS, type Action, type Scenario } from './scenario.js';
import { updateFor } from './updates.js';
import { expectCharged, isPreviewed, previewOf, type Previewed } from './previews.js';

/** A server that is empty, and whose machine's clock stands still at the scenario's start. */
export interface World {
  call: Call;
  settings: (change: object) => Promise<void>;
  moveClock(byMs: number): Promise<void>;
}

/** Two weeks: a test clock is moved by at most two of the shortest intervals. */
const LONGEST_STEP_S = 14 * 86_400;

/** Plays a scenario on a server. `fine`: the clock stops on the way, and nothing is previewed. */
export class Run {
  private at: number;
  private readonly prices = new Map<string, string>();
  private readonly cards = new Map<string, string>();
  private readonly subscriptions: string[] = [];
  customer = '';
  private clock: string | undefined;
  /** What each action answered: its status, and the code of an error. */
  readonly answers: string[] = [];

  constructor(
    private readonly world: World,
    private readonly scenario: Scenario,
    private readonly fine: boolean,
  ) {
    this.at = scenario.startsAt;
  }

  async play(): Promise<void> {
    await this.begin();
    for (const { afterS, action } of this.scenario.actions) {
      await this.goOn(afterS);
      await this.perform(action);
    }
    await this.goOn(this.scenario.tailS);
  }

  private async begin(): Promise<void> {
    const { first, mode, afterRetries, testClock } = this.scenario;
    await this.world.settings({ after_retries: afterRetries, billing_mode: mode });
    for (const [name, { unit_amount, interval, interval_count }] of Object.entries(PLANS)) {
      const price = await this.made('/v1/prices', {
        currency: 'usd',
        unit_amount: String(unit_amount),
        'recurring[interval]': interval,
        'recurring[interval_count]': String(interval_count),
        'product_data[name]': name,
      });
      this.prices.set(name, String(price['id']));
    }
    for (const [id, terms] of Object.entries(COUPONS)) await this.made('/v1/coupons', { id, ...terms });
    if (testClock) {
      const clock = await this.made('/v1/test_helpers/test_clocks', { frozen_time: String(this.at) });
      this.clock = String(clock['id']);
    }
    const customer = await this.made('/v1/customers', {
      email: 'ada@example.com',
      ...(this.clock !== undefined && { test_clock: this.clock }),
    });
    this.customer = String(customer['id']);
    if (first.ownsCard) await this.useCard(false);
    await this.create(first.plan, {
      'items[0][quantity]': String(first.quantity),
      ...(first.trialDays > 0 && { trial_period_days: String(first.trialDays) }),
      ...(first.coupon !== 'none' && { 'discounts[0][coupon]': first.coupon }),
    });
  }

  /** Moves the clock to the next action; before it the coarse run asks what the next renewal will charge. */
  private async goOn(byS: number): Promise<void> {
    const from = this.at;
    const until = from + byS;
    const expected = this.fine ? [] : await this.previewRenewals();
    const stops = this.fine ? this.scenario.stops.map((part) => from + Math.floor(byS * part)) : [];
    for (const stop of [...stops, until].toSorted((a, b) => a - b)) {
      while (this.at < stop) await this.moveTo(Math.min(stop, this.at + (this.clock ? LONGEST_STEP_S : Infinity)));
    }
    for (const previewed of expected) await expectCharged(this.world.call, previewed, until);
  }

  private async moveTo(time: number): Promise<void> {
    const byMs = (time - this.at) * 1000;
    this.at = time;
    if (this.clock === undefined) return this.world.moveClock(byMs);
    await this.made(`/v1/test_helpers/test_clocks/${this.clock}/advance`, { frozen_time: String(time) });
    for (;;) {
      const { body } = await this.world.call('GET', `/v1/test_helpers/test_clocks/${this.clock}`);
      if (body?.['status'] === 'ready') return;
    }
  }

  private async previewRenewals(): Promise<Previewed[]> {
    const found: Previewed[] = [];
    for (const subscription of this.subscriptions) {
      const previewed = await previewOf(this.world.call, subscription, {});
      if (previewed) found.push(previewed);
    }
    return found;
  }

  private async perform(action: Action): Promise<void> {
    switch (action.do) {
      case 'subscribe':
        return this.create(action.plan, {});
      case 'card':
        return this.useCard(action.fails);
      case 'credit':
        return this.ask('POST', `/v1/customers/${this.customer}/balance_transactions`, {
          amount: String(action.amount),
          currency: 'usd',
        });
      case 'pay':
        return this.pay();
      case 'refund':
        return this.refund(action.amount);
    }
    const newest = this.subscriptions.at(-1);
    if (newest === undefined) return;
    const path = `/v1/subscriptions/${newest}`;
    const { items } = await this.found(path);
    const [item] = (items as { data: Array<{ id: string }> }).data;
    if (action.do === 'cancel') {
      return this.ask('DELETE', path, { prorate: String(action.prorate), invoice_now: String(action.invoiceNow) });
    }
    const params = updateFor(action, { item: item?.id ?? '', at: this.at, price: (plan) => this.price(plan) });
    return this.change(newest, params);
  }

  private async create(plan: keyof typeof PLANS, params: Params): Promise<void> {
    const answer = await this.world.call('POST', '/v1/subscriptions', {
      customer: this.customer,
      'items[0][price]': this.price(plan),
      ...params,
    });
    this.note(answer);
    if (answer.status === 200) this.subscriptions.push(String(answer.body?.['id']));
  }

  /** An update, which the coarse run previews and then holds to its preview. */
  private async change(subscription: string, params: Params): Promise<void> {
    const previews = !this.fine && isPreviewed(params);
    const previewed = previews ? await previewOf(this.world.call, subscription, params) : undefined;
    await this.ask('POST', `/v1/subscriptions/${subscription}`, params);
    if (previewed && this.answers.at(-1) === '200') await expectCharged(this.world.call, previewed, this.at);
  }

  private async useCard(fails: boolean): Promise<void> {
    const card = fails ? 'pm_card_chargeCustomerFail' : 'pm_card_visa';
    const known = this.cards.get(card);
    const id =
      known ?? String((await this.made(`/v1/payment_methods/${card}/attach`, { customer: this.customer }))['id']);
    this.cards.set(card, id);
    await this.made(`/v1/customers/${this.customer}`, { 'invoice_settings[default_payment_method]': id });
  }

  private async pay(): Promise<void> {
    const [open] = await listed(this.world.call, '/v1/invoices', {
      customer: this.customer,
      status: 'open',
      limit: '1',
    });
    if (open) await this.ask('POST', `/v1/invoices/${open['id']}/pay`, {});
  }

  private async refund(amount: number): Promise<void> {
    const charges = await listed(this.world.call, '/v1/charges', { customer: this.customer, limit: '20' });
    const charge = charges.find(({ status }) => status === 'succeeded');
    if (charge) await this.ask('POST', '/v1/refunds', { charge: String(charge['id']), amount: String(amount) });
  }

  private price(plan: keyof typeof PLANS): string {
    return this.prices.get(plan) ?? '';
  }

  private async ask(method: 'POST' | 'DELETE', path: string, params: Params): Promise<void> {
    this.note(await this.world.call(method, path, params));
  }

  private note({ status, body }: Answer): void {
    if (status >= 500 || !body) throw new Error(`The server answered ${status}: ${JSON.stringify(body)}`);
    const error = body['error'] as Json | undefined;
    this.answers.push(error ? `${status} ${String(error['code'] ?? error['type'])}` : String(status));
  }

  private async made(path: string, params: Params): Promise<Json> {
    return answered(await this.world.call('POST', path, params), path);
  }

  private async found(path: string): Promise<Json> {
    return answered(await this.world.call('GET', path), path);
  }
}
