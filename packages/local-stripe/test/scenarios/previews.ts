import { listed, type Call, type Params } from './calls.js';

/** The lines of an invoice that does not exist yet, and what it comes to. */
export interface Previewed {
  subscription: string;
  /** The newest invoice when it was previewed. */
  after: unknown;
  /** When the invoice is made, in Unix seconds. */
  at: number;
  shown: object;
}

interface Line {
  amount: number;
  currency: string;
  description: string | null;
  discount_amounts: Array<{ amount: number }>;
  period: unknown;
  quantity: number | null;
  taxes: Array<{ amount: number }>;
}

interface Shown {
  id: string;
  period_end: number;
  created: number;
  subtotal: number;
  total: number;
  lines: { data: Line[] };
}

const shown = ({ subtotal, total, lines }: Shown): object => ({
  subtotal,
  total,
  lines: lines.data.map(({ amount, currency, description, discount_amounts: off, period, quantity, taxes }) => ({
    amount,
    currency,
    description,
    off: off.map((each) => each.amount),
    period,
    quantity,
    taxes: taxes.map(({ amount: tax }) => tax),
  })),
});

const FOR_PREVIEW =
  /^(items\[|billing_cycle_anchor\[|default_tax_rates|(proration_behavior|cancel_at|cancel_at_period_end|trial_end)$)/;

/** Whether the preview knows every parameter of this update. */
export const isPreviewed = (params: Params): boolean => Object.keys(params).every((name) => FOR_PREVIEW.test(name));

/** The parameters of an update as those of its preview: `items[0][id]` is `subscription_details[items][0][id]`. */
const previewParams = (params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      `subscription_details[${name.replace(/\[|$/, (end) => `]${end}`)}`,
      value,
    ]),
  );

/** What is invoiced next, with this change or without; undefined where nothing is. */
export async function previewOf(call: Call, subscription: string, change: Params): Promise<Previewed | undefined> {
  const { body: before } = await call('GET', `/v1/subscriptions/${subscription}`);
  const { status, body } = await call('POST', '/v1/invoices/create_preview', {
    subscription,
    ...previewParams(change),
  });
  if (status >= 500) throw new Error(`A preview answered ${status}: ${JSON.stringify(body)}`);
  if (status !== 200 || !body) return undefined;
  const invoice = body as unknown as Shown;
  return { subscription, after: before?.['latest_invoice'], at: invoice.period_end, shown: shown(invoice) };
}

/** Where the previewed invoice was made by `until`, it is as the preview said. */
export async function expectCharged(call: Call, previewed: Previewed, until: number): Promise<void> {
  const { subscription, after, at } = previewed;
  if (at > until) return;
  const newer = (await listed(call, '/v1/invoices', { subscription, limit: '100' })).toReversed();
  const index = newer.findIndex(({ id }) => id === after);
  const made = newer[index + 1] as unknown as Shown | undefined;
  // A subscription that was ended or drops its items before makes none.
  if (!made || made.created !== at) return;
  expect(shown(made)).toEqual(previewed.shown);
}
