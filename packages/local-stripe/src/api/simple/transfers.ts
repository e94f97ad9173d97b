import type { ApiRouter } from '../../conventions/api-router.js';
import { endpoint } from '../../conventions/endpoint.js';
import { invalidRequest } from '../../conventions/errors.js';
import { changeMetadata, currency, integer, metadata, optional, shape, text } from '../../conventions/params/index.js';
import { unixNow } from '../../model/clock.js';
import { newId } from '../../model/ids.js';
import type { Transfer } from '../../model/wire.js';
import { findOr404 } from '../reading.js';
import { simpleRoutes } from './resource.js';

const transferParams = shape({
  amount: integer({ min: 1 }),
  currency,
  description: optional(text),
  destination: text,
  metadata: optional(metadata),
  source_transaction: optional(text),
  source_type: optional(text),
  transfer_group: optional(text),
});

/** Transfers to connected accounts and their reversals: kept, and no balance changes. */
export function transferRoutes(api: ApiRouter): void {
  simpleRoutes(api, {
    kind: 'transfer',
    path: '/transfers',
    params: transferParams,
    make: async (_, said): Promise<Transfer> => {
      const id = newId('transfer');
      const url = `/v1/transfers/${id}/reversals`;
      return {
        id,
        object: 'transfer',
        amount: said.amount,
        amount_reversed: 0,
        balance_transaction: null,
        created: unixNow(),
        currency: said.currency,
        description: said.description ?? null,
        destination: said.destination,
        livemode: false,
        metadata: changeMetadata({}, said.metadata),
        reversals: { object: 'list', data: [], has_more: false, total_count: 0, url },
        reversed: false,
        source_transaction: said.source_transaction ?? null,
        source_type: said.source_type ?? 'card',
        transfer_group: said.transfer_group ?? null,
      } as unknown as Transfer;
    },
    events: { created: 'transfer.created', updated: 'transfer.updated' },
  });
  api.post('/transfers/:id/reversals', reverse);
}

const part = shape({
  amount: optional(integer({ min: 1 })),
  description: optional(text),
  metadata: optional(metadata),
});

const reverse = endpoint(part, async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'transfer', id);
  const left = before.amount - before.amount_reversed;
  const { amount = left } = params;
  if (amount > left || left === 0) throw invalidRequest(`Only ${left} of this transfer can be reversed.`, 'amount');
  const reversal = {
    id: newId('transferReversal'),
    object: 'transfer_reversal',
    amount,
    balance_transaction: null,
    created: unixNow(),
    currency: before.currency,
    destination_payment_refund: null,
    metadata: changeMetadata({}, params.metadata),
    source_refund: null,
    transfer: id,
  };
  const amount_reversed = before.amount_reversed + amount;
  const data = [reversal, ...before.reversals.data];
  const after = {
    ...before,
    amount_reversed,
    reversals: { ...before.reversals, data, total_count: data.length },
    reversed: amount_reversed === before.amount,
  } as Transfer;
  await tx.objects.save(after);
  await tx.events.record('transfer.reversed', after);
  return reversal;
});
