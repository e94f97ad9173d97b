import type { Alarm } from './alarm.js';
import type { Deliverer } from './events/deliverer.js';
import type { Misbehaviour } from './faults/misbehaviour.js';
import { NO_REQUEST, type Ledger } from './ledger.js';
import { moveClock } from './time/move-clock.js';
import type { SandboxClock } from './time/sandbox-clock.js';

interface Parts {
  ledger: Ledger;
  clock: SandboxClock;
  tasks: Alarm;
  deliverer: Deliverer;
  misbehaviour: Misbehaviour;
  /** Makes the calls of the seed file; does nothing without one. */
  seed: () => Promise<void>;
}

/** What people and tests can do to a sandbox that no one could do to Stripe. */
export class Controls {
  constructor(private readonly parts: Parts) {}

  get clock(): SandboxClock {
    return this.parts.clock;
  }

  get deliverer(): Deliverer {
    return this.parts.deliverer;
  }

  get misbehaviour(): Misbehaviour {
    return this.parts.misbehaviour;
  }

  /** Moves the clock forward; resolves when everything has happened that became due on the way. */
  moveClock(byMs: number): Promise<void> {
    const { ledger, clock, tasks } = this.parts;
    return moveClock(ledger, clock, tasks, byMs);
  }

  /** Delivers an event once more. Whether there is one with this id. */
  resend(eventId: string): Promise<boolean> {
    return this.parts.ledger.change(NO_REQUEST, async ({ objects, events }) => {
      const event = await objects.find('event', eventId);
      if (event) await events.resend(event);
      return event !== undefined;
    });
  }

  /**
   * Empties the state, takes faults and holds back, sets the clock to the machine's time, and seeds again. The signing secret
   * of forwarded events stays, since their receivers were set up with it.
   */
  async reset(): Promise<void> {
    const { ledger, clock, deliverer, misbehaviour, seed } = this.parts;
    misbehaviour.clear();
    await ledger.change(NO_REQUEST, async ({ database }) => {
      for (const table of ['objects', 'idempotency_keys', 'timers', 'webhook_deliveries', 'delivery_attempts'])
        await database.run(`DELETE FROM ${table}`);
      await database.run("DELETE FROM settings WHERE name <> 'webhook_secret'");
      clock.reset();
    });
    deliverer.release();
    await seed();
    misbehaviour.reset();
  }
}
