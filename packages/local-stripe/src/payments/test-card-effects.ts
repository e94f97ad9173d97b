import type { Tx } from '../ledger.js';
import type { Charge } from '../wire.js';
import { raiseDispute } from './disputes.js';
import { raiseWarning } from './early-fraud-warnings.js';
import { behaviourOf } from './test-cards.js';

/** What some test cards do once money was taken from them: their owner disputes the payment, or their bank warns of fraud. */
export async function applyTestCardEffects(tx: Tx, { id, payment_method }: Charge): Promise<void> {
  const { testCard = '' } = await tx.objects.notes('payment_method', payment_method ?? '');
  const behaviour = behaviourOf(testCard);
  if (behaviour.does === 'dispute') await raiseDispute(tx, await tx.objects.get('charge', id), behaviour.complaint);
  if (behaviour.does === 'warn') await raiseWarning(tx, await tx.objects.get('charge', id), 'misc');
}
