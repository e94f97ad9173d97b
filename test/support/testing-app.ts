import { ConsoleLogger, type Provider } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { loadEnv } from '../../src/config/env.js';
import { withSandbox } from '../../src/config/development.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { HandlerRegistry, type NamedEventHandler, reasonToIgnore } from '../../src/webhook/handler-registry.js';
import { StripeService } from '../../src/stripe/stripe.service.js';
import type { StripeEventOf, StripeEventType } from '../../src/stripe/stripe.types.js';
import { type MockStripe, mockStripe } from './mock-stripe.js';

/** The app's services on a database of their own, with StripeService mocked and nothing else. */
export interface TestingApp {
  module: TestingModule;
  stripe: MockStripe;
  /** Runs the handlers of an event, each in its transaction, as the dispatcher does. */
  handle<K extends StripeEventType>(event: StripeEventOf<K>): Promise<void>;
  /** Runs the handlers of events without anything to load in one transaction, as the dispatcher does when many come. */
  handleTogether(events: readonly StripeEventOf<StripeEventType>[]): Promise<void>;
  close(): Promise<void>;
}

const SETTINGS = { NODE_ENV: 'test', DATABASE_URL: 'sqlite::memory:', PAYMENT_LINKS: 'plink_1' };

const takes =
  (event: StripeEventOf<StripeEventType>) =>
  (handler: NamedEventHandler): boolean =>
    reasonToIgnore(handler, event) === undefined;

/** `providers`: classes of the test's own, such as handlers; `changes`: settings that differ. */
export async function testingApp(
  providers: Provider[] = [],
  changes: Record<string, string> = {},
): Promise<TestingApp> {
  const stripe = mockStripe();
  const settings = loadEnv({ ...SETTINGS, ...changes }, '/nowhere/.env');
  const env = withSandbox(settings, { url: 'http://localhost:1', webhookSecret: 'whsec_test' });
  const module = await Test.createTestingModule({ imports: [AppModule.forRoot(env)], providers })
    .overrideProvider(StripeService)
    .useValue(stripe)
    .setLogger(new ConsoleLogger({ logLevels: [] }))
    .compile();
  await module.init();
  const handlersFor = (type: string) => {
    const handlers = module.get(HandlerRegistry, { strict: false }).handlersFor(type);
    if (handlers.length === 0) throw new Error(`Nobody handles ${type}: is the handler in its module's providers?`);
    return handlers;
  };
  return {
    module,
    stripe,
    close: () => module.close(),
    handle: async (event) => {
      for (const { name, handler } of handlersFor(event.type).filter(takes(event))) {
        const loaded = await handler.load?.(event, { idempotencyKey: `${event.id}:${name}` });
        await module.get(UnitOfWork).run((tx) => handler.apply(event, tx, loaded));
      }
    },
    handleTogether: async (events) => {
      const taken = new Map<NamedEventHandler, StripeEventOf<StripeEventType>[]>();
      for (const event of events)
        for (const handler of handlersFor(event.type).filter(takes(event)))
          taken.set(handler, [...(taken.get(handler) ?? []), event]);
      await module.get(UnitOfWork).run(async (tx) => {
        for (const [{ handler }, some] of taken)
          if (handler.applyAll) await handler.applyAll(some, tx);
          else for (const event of some) await handler.apply(event, tx, undefined);
      });
    },
  };
}
