import type { Alarm } from './alarm.js';
import type { Deliverer } from './events/deliverer.js';
import type { Misbehaviour } from './faults/misbehaviour.js';
import { NO_REQUEST, type Ledger } from './ledger.js';
import { moveClock } from './time/move-clock.js';
import type { SandboxClock } from './time/sandbox-clock.js';

/** What people and tests can do to a sandbox that no one could do to Stripe. */
export class Controls {
  constructor(
    private readonly ledger: Ledger,
    readonly clock: SandboxClock,
    private readonly tasks: Alarm,
    readonly deliverer: Deliverer,
    readonly misbehaviour: Misbehaviour,
  ) {}

  /** Moves the clock forward; resolves when everything has happened that became due on the way. */
  moveClock(byMs: number): Promise<void> {
    return moveClock(this.ledger, this.clock, this.tasks, byMs);
  }

  /** Delivers an event once more. Whether there is one with this id. */
  resend(eventId: string): Promise<boolean> {
    return this.ledger.change(NO_REQUEST, async ({ objects, events }) => {
      const event = await objects.find('event', eventId);
      if (event) await events.resend(event);
      return event !== undefined;
    });
  }
}
