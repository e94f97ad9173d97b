import { ConsoleLogger, type ModuleMetadata, type Provider } from '@nestjs/common';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import type { EntityManager } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { loadEnv } from '../../src/config/env.js';
import { withSandbox } from '../../src/config/development.js';
import { fromJsonRows, inList, jsonRows } from '../../src/database/sql.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { type Claim, Claims, leaseEnd } from '../../src/webhook/claims.service.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { HandlerRegistry } from '../../src/webhook/handler-registry.js';
import { HandlerRunner } from '../../src/webhook/handler-runner.service.js';
import { StripeCustomers } from '../../src/stripe/stripe-customers.service.js';
import { StripeService } from '../../src/stripe/stripe.service.js';
import { StripeSubscriptions } from '../../src/stripe/stripe-subscriptions.service.js';
import type { StripeEventOf, StripeEventType } from '../../src/stripe/stripe.types.js';
import { aCustomer, type MockOf, mockOf, type MockStripe, mockStripe } from './mock-stripe.js';

type AnyEvent = StripeEventOf<StripeEventType>;

/** The app's services on a database of their own, with the calls to Stripe mocked and nothing else. */
export interface TestingApp {
  module: TestingModule;
  stripe: MockStripe;
  stripeCustomers: MockOf<StripeCustomers>;
  stripeSubscriptions: MockOf<StripeSubscriptions>;
  /** Stores an event and runs its handlers, each in its transaction. Rejects where a handler failed, with what was noted of it. */
  handle<K extends StripeEventType>(event: StripeEventOf<K>): Promise<void>;
  /** The same in one transaction for all the events that may share one, as the dispatcher does when many come; the others follow. */
  handleTogether(events: readonly AnyEvent[]): Promise<void>;
  close(): Promise<void>;
}

const SETTINGS = { NODE_ENV: 'test', DATABASE_URL: 'sqlite::memory:', PAYMENT_LINKS: 'plink_1' };

/**
 * `providers`: classes of the test's own, such as handlers; `changes`: settings that differ; `modules`: besides the app's own;
 * `override`: last changes, such as another catalog.
 */
export async function testingApp(
  providers: Provider[] = [],
  changes: Record<string, string> = {},
  modules: ModuleMetadata['imports'] = [],
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
): Promise<TestingApp> {
  const stripe = mockStripe();
  const stripeCustomers = mockOf(StripeCustomers, 'stripeCustomers');
  const stripeSubscriptions = mockOf(StripeSubscriptions, 'stripeSubscriptions');
  stripeCustomers.createCustomer.mockImplementation(async (details, key) => aCustomer(details, key));
  stripeCustomers.findCustomer.mockImplementation(async (id) => ({
    ...aCustomer({ email: 'a@example.com', metadata: {} }),
    id,
  }));
  const settings = loadEnv({ ...SETTINGS, ...changes }, '/nowhere/.env');
  const env = withSandbox(settings, { url: 'http://localhost:1', webhookSecret: 'whsec_test' });
  const builder = Test.createTestingModule({ imports: [AppModule.forRoot(env), ...modules], providers })
    .overrideProvider(StripeService)
    .useValue(stripe)
    .overrideProvider(StripeCustomers)
    .useValue(stripeCustomers)
    .overrideProvider(StripeSubscriptions)
    .useValue(stripeSubscriptions);
  const module = await override(builder)
    .setLogger(new ConsoleLogger({ logLevels: [] }))
    .compile();
  await module.init();
  return { module, stripe, stripeCustomers, stripeSubscriptions, close: () => module.close(), ...handling(module) };
}

/** The app's own runners, on events that are stored with this process's claim. */
function handling(module: TestingModule): Pick<TestingApp, 'handle' | 'handleTogether'> {
  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    module.get<T>(service, { strict: false });
  const [units, claims, runner] = [get(UnitOfWork), get(Claims), get(HandlerRunner)];

  const claim = async (events: readonly AnyEvent[]): Promise<Claim[]> => {
    for (const { type } of events)
      if (get(HandlerRegistry).handlersFor(type).length === 0)
        throw new Error(`Nobody handles ${type}: is the handler in its module's providers?`);
    await units.run((tx) => storeClaimed(tx, events, claims.token));
    return events.map((event) => ({ event, attempts: 1 }));
  };
  const runAlone = async (one: Claim): Promise<void> => {
    await runner.run(one);
    const found = await get(EventLog).find(one.event.id);
    const failed = found?.runs.find(({ status }) => status === 'pending' || status === 'dead');
    if (failed) throw new Error(`${failed.handler} failed on ${one.event.type}: ${failed.lastError}`);
  };

  return {
    handle: async (event) => {
      for (const one of await claim([event])) await runAlone(one);
    },
    handleTogether: async (events) => {
      for (let left = [...events]; left.length > 0;) {
        const once = new Map(left.map((event) => [event.id, event]));
        left = left.filter((event) => once.get(event.id) !== event); // the same event again is no part of the same group
        const claimed = await claim([...once.values()]);
        const together = claimed.filter((one) => runner.canBatch(one));
        if (together.length > 0) await runner.runBatch(together);
        for (const one of claimed) if (!together.includes(one)) await runAlone(one);
      }
    },
  };
}

/** Stores events as the inbox does; one that is stored already is handled anew, as `events replay --all` has it. */
async function storeClaimed(tx: EntityManager, events: readonly AnyEvent[], token: string): Promise<void> {
  const ids = jsonRows(events.map(({ id }) => [id]));
  await tx.query(`DELETE FROM webhook_handler_runs WHERE ${inList(tx, 'event_id', 'varchar', '$1')}`, [ids]);
  await tx.query(`DELETE FROM webhook_events WHERE ${inList(tx, 'id', 'varchar', '$1')}`, [ids]);
  await tx.query(
    `INSERT INTO webhook_events (id, type, payload, status, attempts, next_attempt_at, lease_token, created_at, received_at)
     SELECT input.value->>0, input.value->>1, input.value->>2, 'pending', 1, $1, $2, $3, $3 FROM ${fromJsonRows(tx, '$4')}`,
    [
      leaseEnd().getTime(),
      token,
      Date.now(),
      jsonRows(events.map((event) => [event.id, event.type, JSON.stringify(event)])),
    ],
  );
}
