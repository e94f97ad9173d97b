import type { Tx } from '../state/store.js';
import { endpoint, type Call } from '../conventions/endpoint.js';
import {
  boolean,
  currency,
  emptyable,
  integer,
  list,
  oneOf,
  optional,
  shape,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { billingFor, type Billing } from '../billing/billing.js';
import { cancelSubscription } from '../billing/cancel-subscription.js';
import { asPreview, tryOut } from '../billing/preview.js';
import { renewsAt } from '../billing/engine/due.js';
import { type Loaded, loadSubscription } from '../billing/subscription-store.js';
import { updateSubscription } from '../billing/update-subscription.js';
import type { Invoice } from '../model/wire.js';
import { newSubscriptionOf } from './new-subscription.js';
import { findOr404 } from './reading.js';
import { nextInvoiceAsScheduled } from './scheduled-invoice.js';
import {
  cancelAt,
  changedItemParams,
  discountParams,
  moment,
  momentOrNow,
  prorationBehavior,
} from './subscription-params.js';
import type { Changes } from './subscription-changes.js';
import { changeOf } from './subscription-update.js';

const details = shape({
  billing_cycle_anchor: optional((raw: unknown, param: string) =>
    typeof raw === 'string'
      ? /^\d+$/.test(raw)
        ? moment(raw, param)
        : { type: oneOf('now', 'unchanged')(raw, param) }
      : shape({ timestamp: optional(moment), type: oneOf('now', 'unchanged', 'timestamp') })(raw, param),
  ),
  billing_mode: optional(shape({ type: oneOf('classic', 'flexible') })),
  cancel_at: optional(emptyable(cancelAt)),
  cancel_at_period_end: optional(boolean),
  cancel_now: optional(boolean),
  default_tax_rates: optional(emptyable(list(text))),
  items: optional(list(changedItemParams)),
  proration_behavior: prorationBehavior,
  proration_date: optional(integer({ min: 0 })),
  start_date: optional(moment),
  trial_end: optional(momentOrNow),
});

/** The parameters of a preview. */
export const previewFields = {
  currency: optional(currency),
  customer: optional(text),
  discounts: discountParams,
  preview_mode: optional(oneOf('next', 'recurring')),
  subscription: optional(text),
  subscription_details: optional(details),
};

const preview = shape(previewFields);

type Preview = ValueOf<typeof preview>;

/** `POST /v1/invoices/create_preview`: what would be invoiced next, by the code that then does it. */
export const createPreview = endpoint(preview, async (call) => {
  if (call.params.customer === undefined && call.params.subscription === undefined) throw missingParameter('customer');
  return previewOf(call);
});

export type PreviewCall = Call<Preview>;

export async function previewOf({ tx, params, origin }: PreviewCall): Promise<Invoice> {
  const loaded = await subscriptionOf(tx, params);
  const customer = params.customer ?? (loaded && String(loaded.subscription.customer));
  const found = customer === undefined ? undefined : await tx.objects.find('customer', customer);
  if (customer === undefined || !found) throw noSuch('customer', customer ?? '', 'customer');
  const billing: Billing = {
    ...(await billingFor(tx, origin, found.test_clock as string | null)),
    draftsOnly: true,
  };
  const invoice = await tryOut(billing, () =>
    loaded ? ofSubscription(billing, loaded, params) : ofNew(billing, customer, params),
  );
  return withPreviewLines(asPreview(invoice, billing.now));
}

async function subscriptionOf(
  tx: Tx,
  { subscription, customer, subscription_details: asked }: Preview,
): Promise<Loaded | undefined> {
  if (subscription !== undefined) {
    const loaded = await loadSubscription({ tx }, subscription);
    if (!loaded) throw noSuch('subscription', subscription, 'subscription');
    return loaded;
  }
  if (customer === undefined || asked?.items !== undefined) return undefined;
  // The customer's subscription that is due next.
  const all = await tx.objects.list('subscription', {
    limit: -1,
    where: { customer, status: ['active', 'trialing', 'past_due'] },
  });
  const [next] = all.toSorted((a, b) => renewsAt(a) - renewsAt(b));
  return next && loadSubscription({ tx }, next.id);
}

async function ofSubscription(billing: Billing, loaded: Loaded, params: Preview): Promise<Invoice> {
  const { subscription_details: asked } = params;
  const { id, status } = loaded.subscription;
  if (status === 'canceled' || status === 'incomplete_expired') throw none();
  if (asked?.cancel_now === true) {
    const prorate = asked.proration_behavior !== 'none';
    const { invoice } = await cancelSubscription(billing, loaded, { prorate, invoiceNow: true, details: {} });
    if (!invoice) throw none();
    return invoice;
  }
  const { subscription: updated } = asked
    ? await updateSubscription(billing, loaded, await changeOf(billing, loaded, changesOf(params)))
    : loaded;
  const before = loaded.subscription.latest_invoice;
  if (updated.latest_invoice !== before) return findOr404(billing.tx, 'invoice', String(updated.latest_invoice));
  const next = await nextInvoiceAsScheduled(billing, id);
  if (!next) throw none();
  return next;
}

/** The parameters of the preview as those of the update that it previews. */
function changesOf({ subscription_details: asked, discounts }: Preview): Changes {
  const {
    billing_cycle_anchor: anchor,
    cancel_now: _now,
    billing_mode: _mode,
    start_date: _start,
    ...rest
  } = asked ?? {};
  const restarts = typeof anchor === 'object' && anchor.type === 'now';
  return { ...rest, discounts, ...(restarts && { billing_cycle_anchor: { type: 'now' as const } }) } as Changes;
}

/** The first invoice of a subscription that does not exist. */
async function ofNew(billing: Billing, customer: string, params: Preview): Promise<Invoice> {
  const { subscription_details: asked } = params;
  if (!asked?.items) throw none();
  const { tx, origin } = billing;
  const { billing_cycle_anchor: anchor, items, ...rest } = asked;
  const created = await newSubscriptionOf(
    tx,
    {
      customer,
      items: items.map(({ clear_usage: _usage, deleted: _deleted, id: _id, ...item }) => item),
      billing_cycle_anchor:
        typeof anchor === 'number' ? anchor : anchor && 'timestamp' in anchor ? anchor.timestamp : undefined,
      billing_mode: rest.billing_mode && { flexible: undefined, type: rest.billing_mode.type },
      default_tax_rates: rest.default_tax_rates,
      discounts: params.discounts,
      payment_behavior: 'default_incomplete',
      proration_behavior: rest.proration_behavior,
      trial_end: rest.trial_end,
    } as Parameters<typeof newSubscriptionOf>[1],
    origin,
    { draftsOnly: true },
  );
  if (created.latest_invoice === null) throw none();
  return findOr404(tx, 'invoice', String(created.latest_invoice));
}

const none = () => invalidRequest('No upcoming invoices for customer', undefined, 'invoice_upcoming_none');

/** Lines of a preview belong to it. */
const withPreviewLines = (invoice: Invoice): Invoice => ({
  ...invoice,
  lines: {
    ...invoice.lines,
    data: invoice.lines.data.map((line) => ({ ...line, invoice: invoice.id })),
    url: `/v1/invoices/upcoming/lines`,
  },
});
