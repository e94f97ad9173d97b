import { sandboxApp } from './app.js';
import { Controls } from './controls.js';
import { Deliverer } from './events/deliverer.js';
import { listenerId } from './events/endpoints.js';
import { DELIVERIES_SCHEMA } from './events/schema.js';
import type { Fault } from './faults/fault.js';
import { Misbehaviour } from './faults/misbehaviour.js';
import type { ToldFault } from './faults/rule.js';
import { seed } from './fixtures/seed.js';
import { Ledger } from './ledger.js';
import { listen } from './listen.js';
import { settingsOf, type SandboxOptions } from './options.js';
import { Database } from './state/database.js';
import { SCHEMA } from './state/schema.js';
import { webhookSecret as storedSecret } from './state/webhook-secret.js';
import { taskAlarm } from './tasks.js';
import { SandboxClock } from './time/sandbox-clock.js';
import { certificateFile, certificateIn } from './tls/certificate.js';

export interface RunningSandbox {
  /** `http://localhost:PORT` */
  readonly url: string;
  readonly port: number;
  /** Where it answers over TLS under Stripe's names; undefined: nowhere. */
  readonly tls: { port: number; certificateFile: string } | undefined;
  /** What deliveries are signed with: made at random once, kept in the state file. */
  readonly webhookSecret: string;
  /** Keeps new deliveries back until they are released; forgotten by a restart. */
  holdWebhooks(): void;
  releaseWebhooks(): void;
  /** Lets something go wrong from now on. */
  misbehave(fault: Fault): ToldFault;
  /** What is to go wrong, and how often it has. */
  faults(): ToldFault[];
  /** Takes all of that back, and breaks off the calls that hang. */
  behave(): void;
  /** Moves the clock forward, in ms; resolves when everything has happened that became due on the way. */
  moveClock(byMs: number): Promise<void>;
  /** Forgets everything, as if started on an empty state file, and makes the calls of the seed file again. */
  reset(): Promise<void>;
  /** Answers the requests under way, stops the timers and closes the state file; a second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Starts a local Stripe, and goes on with what an earlier one on the same state file left to do. Throws StateFileError,
 * PortTakenError, PortForbiddenError and FixtureError.
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const settings = settingsOf(options);
  const { log, forwardTo, retryDelaysMs, host, tls, seedFile, seedEnvironment: environment } = settings;
  const opened: Array<() => Promise<void>> = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.toReversed()) await close();
  };
  try {
    const database = await Database.open(settings.stateFile);
    opened.push(() => database.close());
    await database.exec(SCHEMA + DELIVERIES_SCHEMA);
    const webhookSecret = options.webhookSecret ?? (await storedSecret(database));
    const clock = await SandboxClock.from(database);
    const misbehaviour = new Misbehaviour(settings.faults);
    const listeners = new Map(forwardTo.map((url, index) => [listenerId(index), { url, secret: webhookSecret }]));
    const ledger = new Ledger(database, { clock, listeners, misbehaviour });
    const deliverer = new Deliverer(ledger, clock, retryDelaysMs, log);
    const tasks = taskAlarm(ledger, clock, () => url, log);
    opened.push(async () => {
      await tasks.stop();
      await deliverer.stop();
      await ledger.idle();
    });
    const seedNow = async (): Promise<void> => {
      if (seedFile !== undefined) await seed(seedFile, { ledger, url, environment });
    };
    const controls = new Controls({ ledger, clock, tasks, deliverer, misbehaviour, seed: seedNow });

    const app = sandboxApp(ledger, settings, clock, controls);
    const plain = await listen(app, { port: settings.port, host });
    opened.push(() => plain.close());
    const url = `http://localhost:${plain.port}`;
    app.locals['origin'] = url;
    const secure = tls && (await listen(app, { port: tls.port, host, certificate: await certificateIn(tls.folder) }));
    if (secure) opened.push(() => secure.close());
    opened.push(async () => misbehaviour.clear());

    const wake = (): void => {
      tasks.ringNow();
      deliverer.wake();
    };
    ledger.onCommit(wake);
    wake();
    await seedNow();
    misbehaviour.reset();

    let closing: Promise<void> | undefined;
    return {
      url,
      port: plain.port,
      tls: secure && tls && { port: secure.port, certificateFile: certificateFile(tls.folder) },
      webhookSecret,
      holdWebhooks: () => deliverer.hold(),
      releaseWebhooks: () => deliverer.release(),
      misbehave: (fault) => misbehaviour.add(fault),
      faults: () => misbehaviour.list(),
      behave: () => misbehaviour.clear(),
      moveClock: (byMs) => controls.moveClock(byMs),
      reset: () => controls.reset(),
      close: () => (closing ??= closeAll()),
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
