import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { currency, integer, optional, shape, text } from '../conventions/params/index.js';
import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { PaymentIntent, StoredObject } from '../model/wire.js';
import { charge } from '../payments/pay.js';
import type { Tx } from '../state/store.js';
import { findOr404 } from './reading.js';

const transfer = shape({ amount: integer({ min: 1 }), currency, reference: optional(text) });

/** `POST /v1/test_helpers/customers/:id/fund_cash_balance`: a bank transfer of the customer arrives. */
const fund = endpoint(transfer, async ({ tx, params, id, origin }) => {
  await findOr404(tx, 'customer', id);
  const before = (await tx.objects.findNotes('customer', id))?.cash ?? {};
  const balance = (before[params.currency] ?? 0) + params.amount;
  const intent = await waitingIntent(tx, id, params.currency);
  const applied = intent && balance >= intent.amount ? intent.amount : 0;
  const cash = { ...before, [params.currency]: balance - applied };
  await tx.objects.note('customer', id, { cash });

  const transaction = {
    id: newId('cashBalanceTransaction'),
    object: 'customer_cash_balance_transaction',
    created: unixNow(),
    currency: params.currency,
    customer: id,
    customer_account: null,
    ending_balance: balance,
    funded: { bank_transfer: { reference: params.reference ?? null, type: 'us_bank_transfer' } },
    livemode: false,
    net_amount: params.amount,
    type: 'funded',
  };
  await tx.events.record('customer_cash_balance_transaction.created', transaction as unknown as StoredObject);
  if (!intent) {
    await tx.events.record('cash_balance.funds_available', cashBalance(id, cash) as unknown as StoredObject);
  } else if (applied === 0) await tx.events.record('payment_intent.partially_funded', intent);
  else await settle(tx, intent, origin);
  return transaction;
});

/** The oldest payment of the customer that waits for a transfer. */
async function waitingIntent({ objects }: Tx, customer: string, of: string): Promise<PaymentIntent | undefined> {
  const where = { currency: of, customer, status: 'requires_action' };
  const waiting = await objects.list('payment_intent', { limit: -1, where });
  return waiting.findLast(({ next_action }) => next_action?.type === 'display_bank_transfer_instructions');
}

async function settle(tx: Tx, intent: PaymentIntent, origin: string): Promise<void> {
  const method = await tx.objects.get('payment_method', intent.payment_method ?? '');
  await charge(tx, intent, method, origin);
}

const cashBalance = (customer: string, cash: Record<string, number>) => ({
  object: 'cash_balance',
  available: Object.keys(cash).length > 0 ? cash : null,
  customer,
  customer_account: null,
  livemode: false,
  settings: { reconciliation_mode: 'automatic', using_merchant_default: true },
});

const retrieve = endpoint(shape({}), async ({ tx, id }) => {
  await findOr404(tx, 'customer', id);
  return cashBalance(id, (await tx.objects.findNotes('customer', id))?.cash ?? {});
});

export function cashBalanceRoutes(api: ApiRouter): void {
  api.get('/customers/:id/cash_balance', retrieve);
  api.post('/test_helpers/customers/:id/fund_cash_balance', fund);
}
