import type Stripe from 'stripe';
import { eventually } from './eventually.js';
import type { SandboxUnderTest } from './sandbox-under-test.js';

/** `2027-06-16 00:00:00` in UTC as Unix seconds. */
export const utc = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`) / 1000;

export interface Priced {
  currency?: string;
  interval?: Stripe.PriceCreateParams.Recurring.Interval;
}

/** A customer with a test clock of their own, and what tests do with both. */
export class BilledCustomer {
  private constructor(
    readonly stripe: Stripe,
    readonly clock: string,
    readonly id: string,
    private readonly product: string,
  ) {}

  static async at(
    { stripe }: Pick<SandboxUnderTest, 'stripe'>,
    time: string | number,
    card: string | undefined = 'pm_card_visa',
  ): Promise<BilledCustomer> {
    const frozen_time = typeof time === 'number' ? time : utc(time);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time });
    const customer = await stripe.customers.create({ email: 'ada@example.com', test_clock: clock.id });
    const product = await stripe.products.create({ name: 'Pro' });
    const billed = new BilledCustomer(stripe, clock.id, customer.id, product.id);
    if (card !== undefined && card !== 'none') await billed.useCard(card);
    return billed;
  }

  /** Attaches a test card and makes it the default. */
  async useCard(card: string): Promise<string> {
    const { id } = await this.stripe.paymentMethods.attach(card, { customer: this.id });
    await this.stripe.customers.update(this.id, { invoice_settings: { default_payment_method: id } });
    return id;
  }

  async price(unit_amount: number, { currency = 'usd', interval = 'month' }: Priced = {}): Promise<string> {
    const price = await this.stripe.prices.create({
      currency,
      unit_amount,
      recurring: { interval },
      product: this.product,
    });
    return price.id;
  }

  async subscribe(
    price: string | number,
    params: Partial<Stripe.SubscriptionCreateParams> = {},
    priced: Priced = {},
  ): Promise<Stripe.Subscription> {
    const id = typeof price === 'number' ? await this.price(price, priced) : price;
    return this.stripe.subscriptions.create({ customer: this.id, items: [{ price: id }], ...params });
  }

  /** Moves the test clock, in one step. */
  async moveTo(time: string | number): Promise<void> {
    const frozen_time = typeof time === 'number' ? time : utc(time);
    await this.stripe.testHelpers.testClocks.advance(this.clock, { frozen_time });
    await eventually(async () => {
      const { status } = await this.stripe.testHelpers.testClocks.retrieve(this.clock);
      return status === 'ready' || undefined;
    }, 'the test clock to arrive');
  }

  async invoices(): Promise<Stripe.Invoice[]> {
    return (await this.stripe.invoices.list({ customer: this.id, limit: 100 })).data.toReversed();
  }

  /** The types of all events about this customer's objects, oldest first. */
  async events(after?: string): Promise<Stripe.Event[]> {
    const { data } = await this.stripe.events.list({
      limit: 100,
      ...(after !== undefined && { ending_before: after }),
    });
    const ids = [this.id, ...(await this.invoiceIds())];
    return data.toReversed().filter(({ data: { object } }) => ids.some((id) => JSON.stringify(object).includes(id)));
  }

  private async invoiceIds(): Promise<string[]> {
    return (await this.invoices()).map(({ id }) => id);
  }

  async balance(): Promise<number> {
    return ((await this.stripe.customers.retrieve(this.id)) as Stripe.Customer).balance;
  }
}

export const lineAmounts = ({ lines }: Stripe.Invoice): number[] => lines.data.map(({ amount }) => amount);

export const shown = (seconds: number | null | undefined): string =>
  seconds === null || seconds === undefined
    ? 'never'
    : new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

export const periodOf = (subscription: Stripe.Subscription): string[] => {
  const [item] = subscription.items.data;
  return [shown(item?.current_period_start), shown(item?.current_period_end)];
};
