import {
  boolean,
  changeMetadata,
  emptyable,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  currency,
  longText,
  type ValueOf,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import type { Invoice } from '../model/wire.js';
import { priceFields } from './new-price.js';
import { discountParams, moment } from './subscription-params.js';

/** What can be set on a draft. */
export const draftFields = {
  auto_advance: optional(boolean),
  automatic_tax: optional(shape({ enabled: boolean })),
  collection_method: optional(oneOf('charge_automatically', 'send_invoice')),
  custom_fields: optional(emptyable(list(shape({ name: longText(40), value: longText(140) })))),
  days_until_due: optional(integer({ min: 0 })),
  default_payment_method: optional(emptyable(text)),
  default_tax_rates: optional(emptyable(list(text))),
  description: optional(emptyable(text)),
  discounts: discountParams,
  due_date: optional(moment),
  effective_at: optional(emptyable(moment)),
  footer: optional(emptyable(text)),
  metadata: optional(metadata),
  payment_settings: optional(shape({ payment_method_types: optional(emptyable(list(text))) })),
  statement_descriptor: optional(emptyable(longText(22))),
};

export const newInvoiceParams = shape({
  ...draftFields,
  currency: optional(currency),
  customer: optional(text),
  pending_invoice_items_behavior: optional(oneOf('include', 'exclude')),
  subscription: optional(text),
});

export const invoiceChanges = shape(draftFields);
export type InvoiceChanges = ValueOf<typeof invoiceChanges>;

const period = shape({ end: moment, start: moment });

export const itemFields = {
  amount: optional(integer()),
  description: optional(emptyable(text)),
  discountable: optional(boolean),
  discounts: discountParams,
  metadata: optional(metadata),
  period: optional(period),
  /** The older word for `pricing[price]`. */
  price: optional(text),
  price_data: optional(shape({ ...priceFields, product: text })),
  pricing: optional(shape({ price: optional(text) })),
  quantity: optional(integer({ min: 0 })),
  tax_rates: optional(emptyable(list(text))),
  /** The older word for an amount of one unit. */
  unit_amount: optional(integer()),
  unit_amount_decimal: optional(text),
};

export const newItemParams = shape({
  ...itemFields,
  currency: optional(currency),
  customer: optional(text),
  invoice: optional(text),
  subscription: optional(text),
});

export const itemChanges = shape(itemFields);
export type InvoiceItemParams = ValueOf<typeof itemChanges>;

/** Only an invoice that is sent has a day by which it is due. */
export function mustBeSent(method: string | null | undefined, daysUntilDue: number | undefined): void {
  if (daysUntilDue === undefined || method === 'send_invoice') return;
  throw invalidRequest(
    '`days_until_due` can only be set where `collection_method` is `send_invoice`.',
    'days_until_due',
  );
}

/** The fields of an invoice that the parameters set, without those that need the store. */
export function changedFields(before: Invoice, params: InvoiceChanges, now: number): Partial<Invoice> {
  const { collection_method: method = before.collection_method, days_until_due: days, due_date: due } = params;
  mustBeSent(method, days);
  const advances = params.auto_advance ?? before.auto_advance ?? false;
  const finalizesAt = before.automatically_finalizes_at ?? now + 3600;
  return {
    auto_advance: advances,
    automatically_finalizes_at: advances ? finalizesAt : null,
    collection_method: method,
    next_payment_attempt: advances && method === 'charge_automatically' ? finalizesAt : null,
    due_date:
      method === 'send_invoice'
        ? (due ?? (days === undefined ? before.due_date : before.created + days * 86_400))
        : null,
    metadata: changeMetadata(before.metadata ?? {}, params.metadata),
    ...(params.custom_fields !== undefined && { custom_fields: params.custom_fields }),
    ...(params.description !== undefined && { description: params.description }),
    ...(params.effective_at !== undefined && { effective_at: params.effective_at }),
    ...(params.footer !== undefined && { footer: params.footer }),
    ...(params.statement_descriptor !== undefined && { statement_descriptor: params.statement_descriptor }),
    ...(params.payment_settings && {
      payment_settings: {
        ...before.payment_settings,
        payment_method_types: (params.payment_settings.payment_method_types ?? null) as never,
      },
    }),
  };
}
