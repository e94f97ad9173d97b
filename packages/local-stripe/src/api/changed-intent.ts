import { changeMetadata, type MetadataChange } from '../manners/params/index.js';
import type { PaymentIntent, PaymentMethod } from '../wire.js';

type Said = Partial<
  Pick<
    PaymentIntent,
    | 'amount'
    | 'capture_method'
    | 'currency'
    | 'customer'
    | 'description'
    | 'receipt_email'
    | 'setup_future_usage'
    | 'shipping'
    | 'statement_descriptor'
    | 'statement_descriptor_suffix'
    | 'transfer_group'
  >
> & { allowed_payment_method_types?: string[] | undefined; metadata?: MetadataChange | undefined };

/** What was not mentioned stays; with a payment method there is something to confirm. */
export function changedIntent(before: PaymentIntent, said: Said, method: PaymentMethod | undefined): PaymentIntent {
  const allowed = said.allowed_payment_method_types ?? before.allowed_payment_method_types;
  return {
    ...before,
    allowed_payment_method_types: allowed,
    amount: said.amount ?? before.amount,
    capture_method: said.capture_method ?? before.capture_method,
    currency: said.currency ?? before.currency,
    customer: said.customer ?? before.customer,
    description: told(said.description, before.description),
    metadata: changeMetadata(before.metadata, said.metadata),
    payment_method: method?.id ?? before.payment_method,
    payment_method_types: allowed ?? before.payment_method_types,
    receipt_email: told(said.receipt_email, before.receipt_email),
    setup_future_usage: told(said.setup_future_usage, before.setup_future_usage),
    shipping: told(said.shipping, before.shipping),
    statement_descriptor: told(said.statement_descriptor, before.statement_descriptor),
    statement_descriptor_suffix: told(said.statement_descriptor_suffix, before.statement_descriptor_suffix),
    status: method && before.status === 'requires_payment_method' ? 'requires_confirmation' : before.status,
    transfer_group: told(said.transfer_group, before.transfer_group),
  };
}

/** Null unsets, undefined does not. */
const told = <T>(said: T | undefined, before: T): T => (said === undefined ? before : said);
