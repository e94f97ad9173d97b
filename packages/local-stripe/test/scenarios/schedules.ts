import type { Action } from './actions.js';
import type { Caller, Json } from './calls.js';
import type { History } from './history.js';
import type { Shop } from './shop.js';

interface PhaseItem {
  price: string;
  quantity: number;
}

interface Phase {
  start_date: number;
  end_date: number;
  items: PhaseItem[];
}

/** The plan changes at the end of the period, by a schedule made from the subscription, as in the tutorial of Stripe. */
export async function schedulePlan(
  caller: Caller,
  subscription: string,
  { plan, quantity, months, behavior, end }: Extract<Action, { do: 'schedule' }>,
  shop: Shop,
  settle: () => Promise<void>,
): Promise<void> {
  const path = '/v1/subscription_schedules';
  const { status, body } = await caller.ask('POST', path, { from_subscription: subscription });
  if (status !== 200) return;
  await settle(); // the only phase may be over already, as where a pause outlasts the period
  const [present] = (body?.['phases'] ?? []) as Phase[];
  const items = present?.items.flatMap((item, index) => [
    [`phases[0][items][${index}][price]`, item.price],
    [`phases[0][items][${index}][quantity]`, String(item.quantity)],
  ]);
  await caller.ask('POST', `${path}/${String(body?.['id'])}`, {
    end_behavior: end,
    'phases[0][start_date]': String(present?.start_date),
    'phases[0][end_date]': String(present?.end_date),
    ...Object.fromEntries(items ?? []),
    'phases[1][items][0][price]': shop.price(plan),
    'phases[1][items][0][quantity]': String(quantity),
    'phases[1][proration_behavior]': behavior,
    'phases[1][duration][interval]': 'month',
    'phases[1][duration][interval_count]': String(months),
  });
}

interface Schedule extends Json {
  id: string;
  status: string;
  phases: Phase[];
  current_phase: { start_date: number; end_date: number } | null;
  subscription: string | null;
  released_subscription: string | null;
  completed_at: number | null;
}

interface Subscription extends Json {
  id: string;
  status: string;
  schedule: string | null;
  ended_at: number | null;
  items: { data: Array<{ price: { id: string }; quantity: number }> };
}

/**
 * With each phase the subscription has the phase's prices and quantities. A schedule that is completed ended its subscription
 * with its last phase; one that was released left it.
 */
export function expectSchedulesFollowed({ events, objects }: History): void {
  const last = new Map<string, Subscription>();
  for (const { type, data } of events) {
    const { object, previous_attributes: previous } = data as { object: Json; previous_attributes?: Json };
    if (String(type).startsWith('customer.subscription.')) last.set(String(object['id']), object as Subscription);
    if (type !== 'subscription_schedule.updated' || !entersPhase(previous)) continue;
    const schedule = object as Schedule;
    const phase = schedule.phases.find(({ start_date: start }) => start === schedule.current_phase?.start_date);
    const subscription = last.get(String(schedule.subscription));
    expect({ schedule: schedule.id, items: subscription?.items.data.map(sold).toSorted() }).toEqual({
      schedule: schedule.id,
      items: phase?.items.map(sold).toSorted(),
    });
  }
  const subscriptions = new Map(objects['/v1/subscriptions?status=all'].map((each) => [each['id'], each]));
  for (const schedule of objects['/v1/subscription_schedules'] as Schedule[]) {
    const { id, status, phases, completed_at: completed } = schedule;
    const its = subscriptions.get(schedule.subscription ?? schedule.released_subscription) as Subscription;
    if (status === 'active') expect(its).toMatchObject({ schedule: id, ended_at: null });
    if (status === 'completed') {
      expect(its).toMatchObject({ status: 'canceled', ended_at: completed });
      expect(completed).toBe(phases.at(-1)?.end_date);
    }
    if (status === 'released') expect(its.schedule).not.toBe(id);
  }
}

const entersPhase = (previous: Json | undefined): boolean => {
  const was = previous?.['current_phase'];
  return typeof was === 'object' && was !== null && 'start_date' in was;
};

const sold = ({ price, quantity }: { price: string | { id: string }; quantity: number }): string =>
  `${quantity} × ${typeof price === 'string' ? price : price.id}`;
