import type { Tx } from '../state/store.js';
import { momentAfter, type Recurrence } from '../billing/engine/calendar.js';
import { recurrenceOf } from '../billing/engine/periods.js';
import { changeMetadata } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import type { Price, SubscriptionSchedule, TaxRate } from '../model/wire.js';
import type { PhaseParams } from './schedule-params.js';
import { priceFor, taxRatesFor } from './subscription-items-for.js';

export type Phase = SubscriptionSchedule['phases'][number];

interface When {
  now: number;
  /** When the first phase begins. */
  start: number;
}

/**
 * The phases that a call asks for, each beginning where the one before it ends. One without a length lasts one period of its
 * first price. Throws ApiError 400.
 */
export async function phasesFor(tx: Tx, asked: PhaseParams[], { now, start }: When): Promise<Phase[]> {
  const phases: Phase[] = [];
  for (const [index, each] of asked.entries()) {
    const from = phases.at(-1)?.end_date ?? start;
    phases.push(await phaseFor(tx, each, `phases[${index}]`, { now, start: from }));
  }
  return phases;
}

async function phaseFor(tx: Tx, asked: PhaseParams, param: string, { now, start }: When): Promise<Phase> {
  if (asked.items.length === 0) throw missingParameter(`${param}[items]`);
  const items: Phase['items'] = [];
  let first: Price | undefined;
  for (const [index, item] of asked.items.entries()) {
    const price = await priceFor(tx, item, `${param}[items][${index}]`);
    first ??= price;
    const rates = await taxRatesFor(tx, item.tax_rates, `${param}[items][${index}][tax_rates]`);
    items.push({
      billing_thresholds: null,
      discounts: discountsOf(item.discounts),
      metadata: changeMetadata({}, item.metadata),
      plan: price.id,
      price: price.id,
      quantity: item.quantity ?? 1,
      tax_rates: rates as TaxRate[],
    } as Phase['items'][number]);
  }
  const end = endOf(asked, start, recurrenceOf(first ?? { recurring: null }), now);
  if (end <= start) throw invalidRequest('The end of a phase must be after its start.', `${param}[end_date]`);
  return {
    add_invoice_items: await addedItems(tx, asked, param, start, end),
    application_fee_percent: null,
    billing_cycle_anchor: asked.billing_cycle_anchor ?? null,
    billing_thresholds: null,
    collection_method: asked.collection_method ?? null,
    currency: first?.currency ?? 'usd',
    default_payment_method: asked.default_payment_method ?? null,
    default_tax_rates: await taxRatesFor(tx, asked.default_tax_rates, `${param}[default_tax_rates]`),
    description: asked.description ?? null,
    discounts: discountsOf(asked.discounts),
    end_date: end,
    invoice_settings: null,
    items,
    metadata: changeMetadata({}, asked.metadata),
    on_behalf_of: null,
    proration_behavior: asked.proration_behavior ?? 'create_prorations',
    start_date: start,
    transfer_data: null,
    trial_end: trialEndOf(asked, end),
  } as Phase;
}

function endOf(
  { duration, end_date: end, iterations }: PhaseParams,
  start: number,
  own: Recurrence,
  now: number,
): number {
  if (end !== undefined) return end === 'now' ? now : end;
  if (duration) {
    const { interval, interval_count: count = 1 } = duration;
    return momentAfter({ at: start }, { interval, interval_count: count }, 1);
  }
  return momentAfter({ at: start }, own, iterations ?? 1);
}

function trialEndOf({ trial, trial_end: end }: PhaseParams, phaseEnd: number): number | null {
  if (trial === true) return phaseEnd;
  return typeof end === 'number' ? end : null;
}

type AskedDiscounts = PhaseParams['discounts'];

const discountsOf = (asked: AskedDiscounts): Phase['discounts'] =>
  (asked ?? []).map(({ coupon, discount, promotion_code: code }) => ({
    coupon: coupon ?? null,
    discount: discount ?? null,
    promotion_code: code ?? null,
  })) as Phase['discounts'];

/** One-time prices that are billed when the phase begins. */
async function addedItems(
  { objects }: Tx,
  { add_invoice_items: asked = [] }: PhaseParams,
  param: string,
  start: number,
  end: number,
): Promise<Phase['add_invoice_items']> {
  for (const [index, { price }] of asked.entries()) {
    const named = `${param}[add_invoice_items][${index}][price]`;
    if (price === undefined) throw missingParameter(named);
    if (!(await objects.find('price', price))) throw noSuch('price', price, named);
  }
  return asked.map(({ price, quantity }) => ({
    discounts: [],
    metadata: {},
    period: { end: { timestamp: end, type: 'phase_end' }, start: { timestamp: start, type: 'phase_start' } },
    price: String(price),
    quantity: quantity ?? 1,
    tax_rates: [],
  })) as unknown as Phase['add_invoice_items'];
}
