import { type Bindings, isPlaceholder } from '../placeholders.js';
import type { RecordedCall, Scenario, Shape } from '../recordings.js';
import { listedBefore, plansRead } from './earlier.js';
import { existed, hiddenIds, isMade, names } from './existed.js';
import { type Facts, factsOf } from './facts.js';
import { kindOfNeed, startOf } from './kinds.js';
import * as makers from './makers.js';
import { makeFirstPayment, makeSubscription } from './subscription.js';

/** In this order, since prices need their products, and charges the payments that they belong to. */
const MAKERS: Array<[kind: string, make: makers.Maker]> = [
  ['product', makers.makeProduct],
  ['coupon', (world, facts, id) => makers.made(world, 'coupons', { ...facts, id, object: undefined })],
  ['plan', makers.makePrice],
  ['price', makers.makePrice],
  ['customer', makers.makeCustomer],
  ['payment_method', makers.makePaymentMethod],
  ['token', makers.makeToken],
  [
    'payment_intent',
    (world, facts, _id, name) =>
      facts['ofInvoice'] === true ? makeFirstPayment(world, facts, name) : makers.makePayment(world, facts),
  ],
  ['charge', makers.makeCharge],
  ['subscription', makeSubscription],
];

/** Needs that are made by billing somebody: only when they are first used, since they change the customer. */
const LATE = new Set(['payment_intent', 'charge', 'subscription']);

export interface NeedsMade {
  /** Needs that could not be made. */
  missing: Set<string>;
  /** Makes what this call uses for the first time. */
  makeFor(call: RecordedCall): Promise<void>;
}

/** Makes what the scenario needs and binds it. */
export async function makeNeeds(
  url: string,
  scenario: Scenario,
  shapes: Map<string, Shape>,
  bindings: Bindings,
): Promise<NeedsMade> {
  const world: makers.World = { url, bindings, scenario, shapes, calls: scenario.calls, onAccount: false };
  const named = Object.entries({ ...plansRead(scenario), ...scenario.needs }).filter(
    ([name]) => existed(scenario, name) && !isMade(scenario, name),
  );
  const needs = [...named, ...listedBefore(scenario)].toSorted(([a], [b]) => placeIn(b) - placeIn(a));
  const missing = new Set([...named.map(([name]) => name), ...hiddenIds(scenario)]);
  const late: Array<[name: string, make: () => Promise<void>]> = [];
  for (const [kind, make] of MAKERS) {
    for (const [name, seen] of needs) {
      if (kindOfNeed(scenario, name, seen) !== kind) continue;
      const makeIt = async (): Promise<void> => {
        const known = bindings.get(name);
        const where = { ...world, onAccount: isOnAccount(scenario, name) };
        const id =
          known ?? (await make(where, factsFor(world, name, kind, seen), isPlaceholder(name) ? undefined : name, name));
        if (id === undefined) return;
        if (isPlaceholder(name)) bindings.bind(name, id);
        missing.delete(name);
      };
      if (LATE.has(kind)) late.push([name, makeIt]);
      else await makeIt();
    }
  }
  const makeFor = async (call: RecordedCall): Promise<void> => {
    for (const [name, makeIt] of late) if (names(call, name) && missing.has(name)) await makeIt();
  };
  return { missing, makeFor };
}

const factsFor = ({ scenario, shapes }: makers.World, name: string, kind: string, seen: Facts): Facts => ({
  ...factsOf(scenario, shapes, name, kind, seen),
  ...startOf(scenario, name, seen),
});

/**
 * Whether it is the connected account's: the first call that uses it says so, or else the first answer that shows it. The
 * platform sees the id of a charge that is the account's, in an application fee.
 */
const isOnAccount = ({ calls }: Scenario, name: string): boolean =>
  (calls.find((call) => names(call, name)) ?? calls.find((call) => Object.values(call.values ?? {}).includes(name)))
    ?.on_account === true;

/** Lists begin with the newest, so that what was met last is the oldest. */
const placeIn = (name: string): number => Number(/_(\d+)\}$/.exec(name)?.[1] ?? 0);
