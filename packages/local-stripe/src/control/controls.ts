import { changeSettings, type BillingSettings } from '../state/settings.js';
import type { WorkLoop } from '../time/work-loop.js';
import type { Deliverer } from '../delivery/deliverer.js';
import type { FaultRules } from '../faults/fault-rules.js';
import { NO_REQUEST, type Store } from '../state/store.js';
import { moveClock, moveClockTo } from '../time/move-clock.js';
import type { UnknownHere } from '../conventions/unknown-here.js';
import type { TestClock } from '../model/wire.js';
import { mustBeReady, startAdvancing } from '../time/test-clocks.js';
import type { SandboxClock } from '../time/sandbox-clock.js';

interface Parts {
  store: Store;
  clock: SandboxClock;
  tasks: WorkLoop;
  deliverer: Deliverer;
  faultRules: FaultRules;
  unknownHere: UnknownHere;
  /** The billing settings that a reset sets, besides the defaults. */
  billing: Partial<BillingSettings>;
  /** Makes the calls of the seed file; does nothing without one. */
  seed: () => Promise<void>;
}

/** What tests and the dashboard can do here and nobody can at Stripe. */
export class Controls {
  constructor(private readonly parts: Parts) {}

  get clock(): SandboxClock {
    return this.parts.clock;
  }

  get deliverer(): Deliverer {
    return this.parts.deliverer;
  }

  get faultRules(): FaultRules {
    return this.parts.faultRules;
  }

  get unknownHere(): UnknownHere {
    return this.parts.unknownHere;
  }

  /** Moves the clock forward; resolves when everything has happened that became due on the way. */
  moveClock(byMs: number): Promise<void> {
    const { store, clock, tasks } = this.parts;
    return moveClock(store, clock, tasks, byMs);
  }

  /** Moves the clock forward to a time, in ms; one that has passed changes nothing. */
  moveClockTo(timeMs: number): Promise<void> {
    const { store, clock, tasks } = this.parts;
    return moveClockTo(store, clock, tasks, timeMs);
  }

  /**
   * Advances a test clock to a time, in Unix seconds; resolves when it has arrived. Undefined where there is none with this
   * id; a time that has passed changes nothing. Throws ApiError where it is advancing already.
   */
  async moveTestClock(id: string, time: number): Promise<TestClock | undefined> {
    const { store, tasks } = this.parts;
    const found = await store.change(NO_REQUEST, async (tx) => {
      const clock = await tx.objects.find('test_helpers.test_clock', id);
      if (!clock || time <= clock.frozen_time) return clock;
      mustBeReady(clock);
      return startAdvancing(tx, clock, time);
    });
    if (found?.status !== 'advancing') return found;
    await tasks.drained();
    return store.read(({ objects }) => objects.find('test_helpers.test_clock', id));
  }

  /** Delivers an event again, of a connected account where one is given; false where there is none with this id. */
  resend(eventId: string, account?: string): Promise<boolean> {
    return this.parts.store.change(NO_REQUEST, async ({ objects, events }) => {
      const event = await objects.find('event', eventId);
      if (event) await events.resend(event, { ...(account !== undefined && { account }) });
      return event !== undefined;
    });
  }

  /**
   * Empties the state, ends faults and holds, sets the clock to the machine's time, and seeds again. The signing secret
   * of forwarded events is kept, since their receivers are configured with it.
   */
  async reset(): Promise<void> {
    const { store, clock, deliverer, faultRules, unknownHere, billing, seed } = this.parts;
    faultRules.clear();
    unknownHere.clear();
    await store.change(NO_REQUEST, async (tx) => {
      tx.endpoints.changed();
      for (const table of [
        'objects',
        'object_accounts',
        'idempotency_keys',
        'timers',
        'object_timers',
        'webhook_deliveries',
        'delivery_attempts',
      ])
        await tx.database.run(`DELETE FROM ${table}`);
      await tx.database.run("DELETE FROM settings WHERE name <> 'webhook_secret'");
      await changeSettings(tx, billing);
      clock.reset();
    });
    deliverer.release();
    await seed();
    faultRules.reset();
  }
}
