import type { Invoice } from '../model/wire.js';
import type { Tx } from '../state/store.js';

/** The first version in which an invoice no longer names its charge, payment and subscription. */
const UNTIL = '2025-03-31';

type Node = Record<string, unknown>;

/**
 * Adds what invoices and payments had in older versions, also to those inside of the answer: an invoice its charge, Payment
 * Intent and subscription; those their invoice; a subscription its period. `paths`: what was asked to be expanded.
 */
export async function withOlderInvoices<T>(tx: Tx, value: T, version: string, paths: readonly string[]): Promise<T> {
  if (version >= UNTIL) return value;
  if (Array.isArray(value)) {
    return (await Promise.all(value.map((item: unknown) => withOlderInvoices(tx, item, version, paths)))) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  const node: Node = {};
  for (const [name, inner] of Object.entries(value)) node[name] = await withOlderInvoices(tx, inner, version, paths);
  switch (node['object']) {
    case 'invoice':
      return { ...node, ...(await fieldsOfInvoice(tx, value as unknown as Invoice, paths)) } as T;
    case 'payment_intent':
      return { ...node, invoice: await invoiceOf(tx, node['id'], paths) } as T;
    case 'charge':
      return { ...node, invoice: await invoiceOf(tx, node['payment_intent'], paths) } as T;
    case 'subscription':
      return { ...node, ...periodOf(node), discount: await discountOf(tx, node) } as T;
    default:
      return node as T;
  }
}

async function fieldsOfInvoice({ objects }: Tx, invoice: Invoice, paths: readonly string[]): Promise<Node> {
  const [payment] = await objects.list('invoice_payment', { limit: 1, where: { invoice: invoice.id } });
  const intent = payment && (await objects.find('payment_intent', String(payment.payment.payment_intent)));
  const charge = intent?.latest_charge ?? null;
  const expanded = (name: string): boolean => paths.some((path) => path.split('.').includes(name));
  return {
    charge: charge !== null && expanded('charge') ? await objects.get('charge', String(charge)) : charge,
    discount: await discountOf({ objects }, invoice as unknown as Node),
    paid: invoice.status === 'paid',
    paid_out_of_band: false,
    payment_intent: intent && expanded('payment_intent') ? { ...intent, invoice: invoice.id } : (intent?.id ?? null),
    quote: null,
    subscription: invoice.parent?.subscription_details?.subscription ?? null,
    subscription_details: invoice.parent?.subscription_details
      ? { metadata: invoice.parent.subscription_details.metadata }
      : null,
    tax: null,
    total_tax_amounts: [],
    transfer_data: null,
  };
}

async function invoiceOf({ objects }: Tx, intent: unknown, paths: readonly string[]): Promise<unknown> {
  const id = typeof intent === 'object' && intent !== null ? (intent as Node)['id'] : intent;
  if (typeof id !== 'string') return null;
  const [payment] = await objects.list('invoice_payment', { limit: 1, where: { 'payment.payment_intent': id } });
  if (!payment) return null;
  const expanded = paths.some((path) => path.split('.').includes('invoice'));
  return expanded ? objects.find('invoice', String(payment.invoice)) : payment.invoice;
}

function periodOf({ items }: Node): Node {
  const data = (items as { data?: Node[] } | undefined)?.data ?? [];
  return {
    current_period_end: Math.min(...data.map((item) => Number(item['current_period_end']))),
    current_period_start: Math.max(...data.map((item) => Number(item['current_period_start']))),
  };
}

/** The first of its discounts, which older versions had as an object. */
async function discountOf({ objects }: Pick<Tx, 'objects'>, { discounts }: Node): Promise<unknown> {
  const [first] = (discounts ?? []) as unknown[];
  return typeof first === 'string' ? ((await objects.find('discount', first)) ?? null) : (first ?? null);
}
