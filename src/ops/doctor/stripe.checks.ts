import type { INestApplicationContext } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { CatalogStatus } from '../../billing/catalog/catalog-sync.service.js';
import type { Env } from '../../config/env.js';
import { ACCESS, ACCESS_FOR_PLANS, type Access } from '../../stripe/access.js';
import { StripeKeyError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import type { StripeService } from '../../stripe/stripe.service.js';
import { EndpointSync } from '../../webhook/endpoint/endpoint-sync.service.js';
import { type Plan, PLANS } from '../../subscriptions/state/plan.js';
import { unseenEvents } from '../../webhook/event-log.service.js';
import { checkEndpoint } from './endpoint.check.js';
import { type Check, fault, NotCheckedError, ok, type Outcome, warning } from './check.js';
import { Clock, machineNowMs } from '../../time/clock.js';

/** For the checks that call Stripe. */
export interface StripeContext {
  /** With the local Stripe if there is no key. */
  env: Env;
  hasKey: boolean;
  stripe: StripeService;
  app: () => Promise<INestApplicationContext>;
  database: () => Promise<DataSource>;
}

const DAY_MS = 86_400_000;
/** How far back undelivered events are listed, ms: Stripe retries for three days. */
const LOOK_BACK_MS = 3 * DAY_MS;
/** Younger events may still be on their way, ms. */
const ON_ITS_WAY_MS = 60_000;
/** Signatures are accepted within 300 s, and clocks drift further apart. */
const CLOCK_FAULT_MS = 200_000;
const CLOCK_WARNING_MS = 5_000;

const FOR_STRIPE = ['STRIPE_SECRET_KEY', 'STRIPE_API_BASE', 'NODE_ENV'];

export function stripeChecks(context: StripeContext): Check[] {
  const key: Check = { name: 'key', needs: FOR_STRIPE, run: () => checkKey(context) };
  return [key, ...otherChecks(context).map(skipWhenStripeUnavailable)];
}

/** If Stripe does not answer, only the check of the key reports it. */
const skipWhenStripeUnavailable = ({ run, ...check }: Check): Check => ({
  ...check,
  run: async () => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof StripeUnavailableError) throw new NotCheckedError(error.message, 'See "key"');
      throw error;
    }
  },
});

function otherChecks({ env, hasKey, stripe, app, database }: StripeContext): Check[] {
  return [
    {
      name: 'clock',
      needs: ['STRIPE_API_BASE'],
      run: async () => {
        const before = machineNowMs();
        const theirs = await stripe.serverTime();
        return checkClock((before + machineNowMs()) / 2 - (theirs.getTime() + 500)); // half of the round trip; the header has whole seconds
      },
    },
    {
      name: 'catalog',
      needs: FOR_STRIPE,
      run: async () => {
        const items = await (await app()).get(CatalogStatus).list();
        const wrong = items.flatMap(({ lookupKey, state }) => {
          if (state === 'missing')
            return [fault(`${lookupKey} has no active price at Stripe: it cannot be bought`, 'Run catalog sync')];
          if (state === 'differs')
            return [
              warning(
                `${lookupKey} has another amount, currency, interval or product at Stripe, which is what counts`,
                'Run catalog sync',
              ),
            ];
          return [];
        });
        return wrong.length > 0 ? wrong : ok(`${items.length} in sync`);
      },
    },
    {
      name: 'endpoint',
      needs: [...FOR_STRIPE, 'DOMAIN_URL', 'APP_NAME'],
      run: async () => {
        if (!hasKey) return ok(`none is needed: the local Stripe delivers to ${env.domainUrl}/webhook by itself`);
        const sync = (await app()).get(EndpointSync);
        const wanted = sync.wanted();
        const reason = sync.reasonAgainst(wanted.url);
        if (!reason) return checkEndpoint(await stripe.webhookEndpoints(), wanted);
        const found = `Stripe cannot send events to ${wanted.url}: ${reason}`;
        const todo = 'Set DOMAIN_URL to the address that customers use, then run webhooks sync';
        return env.production ? fault(found, todo) : warning(found, todo);
      },
    },
    {
      name: 'undelivered',
      needs: [...FOR_STRIPE, 'DATABASE_URL'],
      run: async () => {
        const types = new Set<string>((await app()).get(EndpointSync).wanted().events);
        const now = (await app()).get(Clock).now().getTime();
        const since = new Date(now - LOOK_BACK_MS);
        const late = (await stripe.undeliveredEvents(since)).filter(
          ({ type, created }) => types.has(type) && created * 1_000 < now - ON_ITS_WAY_MS,
        );
        if (late.length === 0) return ok('none of the last three days');
        const unseen = await unseenEvents(
          await orSkip(database()),
          late.map(({ id }) => id),
        );
        if (unseen.length === 0) return ok(`none to this app (${late.length} did not reach another endpoint)`);
        return fault(
          `${unseen.length} events of the last three days have not come in, such as ${unseen[0]}`,
          'Correct what "endpoint" and "delivery" say; Stripe tries again for three days, and reconcile --repair brings in what is lost',
        );
      },
    },
  ];
}

/** What the key must allow, as far as the catalog needs it. */
async function neededOf({ app }: StripeContext): Promise<Access[]> {
  const plans = await app().then(
    (it) => it.get<readonly Plan[]>(PLANS),
    () => undefined, // another check says why the app cannot start
  );
  const all = Object.keys(ACCESS) as Access[];
  return plans?.length === 0 ? all.filter((access) => !ACCESS_FOR_PLANS.includes(access)) : all;
}

async function checkKey(context: StripeContext): Promise<Outcome | Outcome[]> {
  const { env, hasKey, stripe } = context;
  const key = env.stripe?.secretKey ?? '';
  const at = env.stripe?.apiBase;
  try {
    // A secret key may do everything; for a restricted one each permission is tried.
    const asked: Access[] = key.startsWith('rk_') ? await neededOf(context) : ['Checkout Sessions: read'];
    const missing: Outcome[] = [];
    for (const access of asked) {
      const result = await stripe.access(access);
      if (!result.allowed)
        missing.push(
          fault(
            `may not do what "${access}" is for. Stripe says: ${result.reason}`,
            `Grant "${access}" to the restricted key at https://dashboard.stripe.com/apikeys`,
          ),
        );
    }
    if (missing.length > 0) return missing;
  } catch (error) {
    if (error instanceof StripeKeyError)
      return fault(`Stripe does not take it: ${error.reason}`, "Set STRIPE_SECRET_KEY to a key of your account's");
    const todo = at ? `See whether the local Stripe runs at ${at}` : 'See whether this machine reaches api.stripe.com';
    return fault(error instanceof Error ? error.message : String(error), todo);
  }
  if (!hasKey) return ok(`none: the local Stripe at ${at} stands in, and no money moves`);
  const kind = `${env.livemode ? 'live' : 'test'} mode, ${key.startsWith('rk_') ? 'restricted' : 'secret'} key${at ? ` at ${at}` : ''}`;
  if (env.production && !env.livemode)
    return warning(`${kind}, in production`, 'Set a live key (sk_live_ or rk_live_) before anything is sold');
  return ok(`taken: ${kind}`);
}

/** @param aheadMs how far this machine's clock is ahead of Stripe's, ms, accurate to half a second */
export function checkClock(aheadMs: number): Outcome {
  const off = Math.max(0, Math.abs(aheadMs) - 500);
  const found = `${(off / 1_000).toFixed(1)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Stripe's`;
  if (off <= CLOCK_WARNING_MS) return ok(off === 0 ? "the same as Stripe's" : found);
  const todo = 'Set the clock of this machine, and let NTP keep it: a delivery is refused when the two differ by 300 s';
  return off > CLOCK_FAULT_MS ? fault(found, todo) : warning(found, todo);
}

async function orSkip<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch {
    throw new NotCheckedError('the database cannot be used', 'See "database"');
  }
}
