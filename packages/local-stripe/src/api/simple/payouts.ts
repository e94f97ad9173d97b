import type { ApiRouter } from '../../conventions/api-router.js';
import { changeMetadata, currency, integer, metadata, optional, shape, text } from '../../conventions/params/index.js';
import { unixNow } from '../../model/clock.js';
import { newId } from '../../model/ids.js';
import type { Payout, Topup } from '../../model/wire.js';
import { simpleRoutes } from './resource.js';

const money = {
  amount: integer({ min: 1 }),
  currency,
  description: optional(text),
  metadata: optional(metadata),
  source_type: optional(text),
  statement_descriptor: optional(text),
};

const payoutParams = shape({ ...money, destination: optional(text), method: optional(text) });

const topupParams = shape({ ...money, source: optional(text), transfer_group: optional(text) });

/** Payouts and top-ups: kept, and no balance changes. */
export function payoutRoutes(api: ApiRouter): void {
  simpleRoutes(api, {
    kind: 'payout',
    path: '/payouts',
    params: payoutParams,
    make: async (_, said): Promise<Payout> =>
      ({
        id: newId('payout'),
        object: 'payout',
        amount: said.amount,
        application_fee: null,
        application_fee_amount: null,
        arrival_date: unixNow(),
        automatic: false,
        balance_transaction: null,
        created: unixNow(),
        currency: said.currency,
        description: said.description ?? null,
        destination: said.destination ?? null,
        failure_balance_transaction: null,
        failure_code: null,
        failure_message: null,
        livemode: false,
        metadata: changeMetadata({}, said.metadata),
        method: said.method ?? 'standard',
        original_payout: null,
        payout_method: null,
        reconciliation_status: 'not_applicable',
        reversed_by: null,
        source_type: said.source_type ?? 'card',
        statement_descriptor: said.statement_descriptor ?? null,
        status: 'pending',
        trace_id: null,
        type: 'bank_account',
      }) as unknown as Payout,
    events: { created: 'payout.created', updated: 'payout.updated' },
  });
  simpleRoutes(api, {
    kind: 'topup',
    path: '/topups',
    params: topupParams,
    make: async (_, said): Promise<Topup> =>
      ({
        id: newId('topup'),
        object: 'topup',
        amount: said.amount,
        balance_transaction: null,
        created: unixNow(),
        currency: said.currency,
        description: said.description ?? null,
        expected_availability_date: unixNow(),
        failure_code: null,
        failure_message: null,
        livemode: false,
        metadata: changeMetadata({}, said.metadata),
        source: null,
        statement_descriptor: said.statement_descriptor ?? null,
        status: 'pending',
        transfer_group: said.transfer_group ?? null,
      }) as unknown as Topup,
    events: { created: 'topup.created' },
  });
}
