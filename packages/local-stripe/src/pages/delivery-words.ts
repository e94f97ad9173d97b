import { isListener } from '../events/endpoints.js';
import type { DeliveryReport } from '../events/delivery-reports.js';
import { showDuration } from './show-time.js';

/** How a delivery is shown: a colour, a word or two, and more for who points at it. */
export interface Badge {
  tone: 'good' | 'bad' | 'waiting' | 'plain';
  text: string;
  more: string;
}

const MISHAPS: Record<string, string> = {
  twice: 'sent twice on purpose',
  late: 'late on purpose',
  out_of_order: 'out of order on purpose',
};

/** `now` by the sandbox's clock, in ms. */
export function badgeOf(delivery: DeliveryReport, now: number): Badge {
  const { state, attempts, fault, endpointId } = delivery;
  const more = [isListener(endpointId) ? '' : endpointId, MISHAPS[fault ?? ''] ?? ''].filter(Boolean).join(', ');
  const tries = attempts > 1 ? ` × ${attempts}` : '';
  const answer = `${delivery.lastAnswer ?? ''}${tries}`;
  switch (state) {
    case 'delivered':
      return { tone: 'good', text: answer, more };
    case 'failed':
      return { tone: 'bad', text: `${answer}, given up`, more };
    case 'lost':
      return { tone: 'plain', text: 'lost on purpose', more };
    case 'pending': {
      const waitMs = delivery.dueAtMs - now;
      const next = waitMs > 0 ? ` in ${showDuration(waitMs)}` : '';
      if (attempts > 0) return { tone: 'bad', text: `${answer}, again${next || ' now'}`, more };
      return { tone: 'waiting', text: `pending${next}`, more };
    }
  }
}
