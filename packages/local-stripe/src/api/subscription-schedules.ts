import type { ApiRouter } from '../conventions/api-router.js';
import { billingFor } from '../billing/billing.js';
import { inOrder } from '../billing/event-order.js';
import { releaseSchedule, saveSchedule } from '../billing/schedule-store.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest } from '../conventions/errors.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { boolean, changeMetadata, optional, shape } from '../conventions/params/index.js';
import type { SubscriptionSchedule } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { newSchedule, withSettings } from './new-schedule.js';
import { findOr404, retrieving } from './reading.js';
import { scheduleChanges, scheduleCreation, scheduleFilters, type PhaseParams } from './schedule-params.js';
import { phasesFor, type Phase } from './schedule-phases.js';
import { cancelSchedule, enterPhase } from './schedule-steps.js';

const LIVE = ['active', 'not_started'];

const billingOf = (tx: Tx, { test_clock: clock }: SubscriptionSchedule, origin: string) =>
  billingFor(tx, origin, clock as string | null);

async function findLive(tx: Tx, id: string): Promise<SubscriptionSchedule> {
  const schedule = await findOr404(tx, 'subscription_schedule', id);
  if (LIVE.includes(String(schedule.status))) return schedule;
  const message = `You cannot change a subscription schedule that is currently in the \`${schedule.status}\` status. It must be one of ${LIVE.join(', ')}.`;
  throw invalidRequest(message, undefined, 'invalid_schedule_status');
}

/** Changes a schedule; a change of the present phase is made at once, the others when they begin. */
const update = endpoint(scheduleChanges, async ({ tx, params, id, origin }) => {
  const before = await findLive(tx, id);
  const billing = await billingOf(tx, before, origin);
  const phases = params.phases ? await changedPhases(tx, before, params.phases, billing.now) : before.phases;
  const [current] = before.current_phase ? phases.filter(({ end_date: end }) => end > billing.now) : [];
  const after: SubscriptionSchedule = {
    ...before,
    current_phase: current ? { end_date: current.end_date, start_date: current.start_date } : before.current_phase,
    default_settings: withSettings(before.default_settings, params.default_settings),
    end_behavior: params.end_behavior ?? before.end_behavior,
    metadata: params.metadata === null ? {} : changeMetadata(before.metadata ?? {}, params.metadata),
    phases,
  };
  return inOrder(billing, 'asMade', async () => {
    const was = before.phases.find(({ start_date: start }) => start === current?.start_date);
    if (current && JSON.stringify(was?.items) !== JSON.stringify(current.items)) {
      await enterPhase(billing, String(before.subscription), after, current, params.proration_behavior);
    }
    return saveSchedule(billing, after, before);
  });
});

/** The phases that are given anew. The first of a schedule that runs must begin when the present one did. */
async function changedPhases(
  tx: Tx,
  { current_phase: current, phases, status }: SubscriptionSchedule,
  asked: PhaseParams[],
  now: number,
): Promise<Phase[]> {
  const said = asked[0]?.start_date;
  const start = said === 'now' ? now : said;
  if (!current) return phasesFor(tx, asked, { now, start: start ?? phases[0]?.start_date ?? now });
  const starts = [current.start_date, phases[0]?.start_date];
  if (status === 'active' && start !== undefined && !starts.includes(start)) {
    const message = 'You can not modify the start date of the current phase.';
    throw invalidRequest(message, 'phases[0][start_date]');
  }
  return phasesFor(tx, asked, { now, start: start ?? current.start_date });
}

const cancel = endpoint(
  shape({ invoice_now: optional(boolean), prorate: optional(boolean) }),
  async ({ tx, params, id, origin }) => {
    const before = await findLive(tx, id);
    const billing = await billingOf(tx, before, origin);
    const { invoice_now: invoiceNow = true, prorate = true } = params;
    return inOrder(billing, 'asMade', () => cancelSchedule(billing, before, { invoiceNow, prorate }));
  },
);

const release = endpoint(shape({ preserve_cancel_date: optional(boolean) }), async ({ tx, id, origin }) => {
  const before = await findLive(tx, id);
  const billing = await billingOf(tx, before, origin);
  return inOrder(billing, 'asMade', () => releaseSchedule(billing, before));
});

const filters = shape({ ...pageParams, ...scheduleFilters, created });

const listAll = endpoint(filters, ({ tx, params: { customer, scheduled, ...rest }, path }) =>
  page(tx, 'subscription_schedule', path, {
    ...rest,
    where: { customer, status: scheduled === true ? 'not_started' : undefined },
  }),
);

export function subscriptionScheduleRoutes(api: ApiRouter): void {
  const create = endpoint(scheduleCreation, ({ tx, params, origin }) => newSchedule(tx, params, origin));
  api.post('/subscription_schedules', create);
  api.get('/subscription_schedules', listAll);
  api.get('/subscription_schedules/:id', retrieving('subscription_schedule'));
  api.post('/subscription_schedules/:id', update);
  api.post('/subscription_schedules/:id/cancel', cancel);
  api.post('/subscription_schedules/:id/release', release);
}
