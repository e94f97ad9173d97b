import { WorkLoop } from './time/work-loop.js';
import { nowMs, type Clock } from './model/clock.js';
import { expireSession, failDelayed, settleDelayed } from './payments/session-endings.js';
import { NO_REQUEST, type Store, type Tx } from './state/store.js';
import { expireAuthorization } from './payments/capture.js';
import { decideDispute, missDeadline } from './payments/decide-dispute.js';
import { failRefundLater, settleRefund } from './payments/refund-endings.js';
import type { Timer } from './state/timers.js';
import { testClockArrives } from './time/test-clocks.js';

const WAIT_AFTER_FAILURE_MS = 60_000;

/**
 * Runs due timers, each in a transaction that also removes it. `origin`: where
 * browsers reach the sandbox.
 */
export function timerLoop(store: Store, clock: Clock, origin: () => string, log: (line: string) => void): WorkLoop {
  return new WorkLoop(
    clock,
    async () => {
      for (;;) {
        const timer = await store.read(({ timers }) => timers.due(nowMs()));
        if (!timer) return store.read(({ timers }) => timers.nextDueAtMs());
        await store
          .change(NO_REQUEST, async (tx) => {
            await perform(tx, timer, origin());
            await tx.timers.remove(timer.id);
          })
          .catch((error: unknown) => {
            // Postponed, so that it does not block the others.
            log(`${timer.task} of ${timer.objectId} failed: ${String(error)}`);
            return store.change(NO_REQUEST, ({ timers }) => timers.postpone(timer.id, nowMs() + WAIT_AFTER_FAILURE_MS));
          });
      }
    },
    log,
  );
}

async function perform(tx: Tx, { task, objectId }: Timer, origin: string): Promise<void> {
  switch (task) {
    case 'expire_session': {
      const session = await tx.objects.get('checkout.session', objectId);
      if (session.status === 'open') await expireSession(tx, session);
      return;
    }
    case 'expire_authorization':
      return expireAuthorization(tx, objectId);
    case 'settle_payment':
      return settleDelayed(tx, objectId, origin);
    case 'fail_payment':
      return failDelayed(tx, objectId);
    case 'fail_refund':
      return failRefundLater(tx, objectId);
    case 'settle_refund':
      return settleRefund(tx, objectId);
    case 'decide_dispute':
      return decideDispute(tx, objectId);
    case 'dispute_deadline':
      return missDeadline(tx, objectId);
    case 'test_clock_arrives':
      return testClockArrives(tx, objectId);
  }
}
