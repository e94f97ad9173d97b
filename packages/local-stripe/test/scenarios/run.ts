import { listed, listParams, Caller, type Call, type Params } from './calls.js';
import type { Action, Plan } from './actions.js';
import type { Scenario } from './scenario.js';
import { openShop, type Shop } from './shop.js';
import { schedulePlan } from './schedules.js';
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
  private readonly caller: Caller;
  private at: number;
  private shop: Shop | undefined;
  private readonly cards = new Map<string, string>();
  private readonly subscriptions: string[] = [];
  customer = '';
  private clock: string | undefined;

  constructor(
    private readonly world: World,
    private readonly scenario: Scenario,
    private readonly fine: boolean,
  ) {
    this.at = scenario.startsAt;
    this.caller = new Caller(world.call);
  }

  get answers(): readonly string[] {
    return this.caller.answers;
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
    this.shop = await openShop(this.caller);
    if (testClock) {
      const clock = await this.caller.made('/v1/test_helpers/test_clocks', { frozen_time: String(this.at) });
      this.clock = String(clock['id']);
    }
    const customer = await this.caller.made('/v1/customers', {
      email: 'ada@example.com',
      ...(this.clock !== undefined && { test_clock: this.clock }),
    });
    this.customer = String(customer['id']);
    if (first.ownsCard) await this.useCard(false);
    const rates = first.taxRates.map((name) => this.shop?.taxRate(name) ?? '');
    await this.create(first.plan, {
      'items[0][quantity]': String(first.quantity),
      ...(first.trialDays > 0 && {
        trial_period_days: String(first.trialDays),
        'trial_settings[end_behavior][missing_payment_method]': first.trialEnd,
      }),
      ...(first.coupon !== 'none' && { 'discounts[0][coupon]': first.coupon }),
      ...(rates.length > 0 && listParams('default_tax_rates', rates)),
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
    await this.caller.made(`/v1/test_helpers/test_clocks/${this.clock}/advance`, { frozen_time: String(time) });
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
    if (newest === undefined || !this.shop) return;
    const path = `/v1/subscriptions/${newest}`;
    const { items, schedule } = await this.caller.found(path);
    const [item] = (items as { data: Array<{ id: string }> }).data;
    switch (action.do) {
      case 'cancel':
        return this.ask('DELETE', path, { prorate: String(action.prorate), invoice_now: String(action.invoiceNow) });
      case 'pause':
        return this.ask('POST', `${path}/pause`, {
          'bill_for[unused_time_from][type]': action.unusedTimeFrom,
          invoicing_behavior: action.invoicing,
        });
      case 'resume':
        return this.ask('POST', `${path}/resume`, {
          'billing_cycle_anchor[type]': action.anchor,
          payment_behavior: action.payment,
        });
      case 'schedule':
        return schedulePlan(this.caller, newest, action, this.shop, () => this.settle());
      case 'end_schedule':
        if (typeof schedule === 'string') await this.ask('POST', `/v1/subscription_schedules/${schedule}/${action.by}`);
        return;
    }
    return this.change(newest, updateFor(action, { item: item?.id ?? '', at: this.at, shop: this.shop }));
  }

  /** Waits for what is due now, which the server's own clock does between two calls, sooner or later. */
  private settle(): Promise<void> {
    return this.clock === undefined ? this.world.moveClock(0) : Promise.resolve();
  }

  private async create(plan: Plan, params: Params): Promise<void> {
    const { status, body } = await this.caller.ask('POST', '/v1/subscriptions', {
      customer: this.customer,
      'items[0][price]': this.shop?.price(plan) ?? '',
      ...params,
    });
    if (status === 200) this.subscriptions.push(String(body?.['id']));
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
    const path = `/v1/payment_methods/${card}/attach`;
    const id = this.cards.get(card) ?? String((await this.caller.made(path, { customer: this.customer }))['id']);
    this.cards.set(card, id);
    await this.caller.made(`/v1/customers/${this.customer}`, { 'invoice_settings[default_payment_method]': id });
  }

  private async pay(): Promise<void> {
    const wanted = { customer: this.customer, status: 'open', limit: '1' };
    const [open] = await listed(this.world.call, '/v1/invoices', wanted);
    if (open) await this.ask('POST', `/v1/invoices/${open['id']}/pay`);
  }

  private async refund(amount: number): Promise<void> {
    const charges = await listed(this.world.call, '/v1/charges', { customer: this.customer, limit: '20' });
    const charge = charges.find(({ status }) => status === 'succeeded');
    if (charge) await this.ask('POST', '/v1/refunds', { charge: String(charge['id']), amount: String(amount) });
  }

  private async ask(method: 'POST' | 'DELETE', path: string, params: Params = {}): Promise<void> {
    await this.caller.ask(method, path, params);
  }
}
