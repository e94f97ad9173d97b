import { sandboxApp } from './app.js';
import { Controls } from './control/controls.js';
import { reactToPayments } from './billing/reactions.js';
import { changeSettings } from './state/settings.js';
import { Deliverer } from './delivery/deliverer.js';
import { listenerId } from './state/endpoints.js';
import { DELIVERIES_SCHEMA, SCHEMA } from './state/schema.js';
import type { Fault } from './faults/fault.js';
import { FaultRules } from './faults/fault-rules.js';
import { UnknownHere } from './conventions/unknown-here.js';
import type { FaultReport } from './faults/rule.js';
import { seed } from './fixtures/seed.js';
import { NO_REQUEST, Store } from './state/store.js';
import { listen } from './http/listen.js';
import { settingsOf, type SandboxOptions } from './options.js';
import { Database } from './state/database.js';
import { webhookSecret as storedSecret } from './state/webhook-secret.js';
import { timerLoop } from './tasks.js';
import { SandboxClock } from './time/sandbox-clock.js';
import { certificateFile, certificateIn } from './http/certificate.js';

export interface RunningSandbox {
  /** `http://localhost:PORT` */
  readonly url: string;
  readonly port: number;
  /** Where it answers over TLS under Stripe's names; undefined: nowhere. */
  readonly tls: { port: number; certificateFile: string } | undefined;
  /** Signing secret of forwarded events: created at random, once per state file. */
  readonly webhookSecret: string;
  /** Pauses deliveries until `releaseWebhooks` or a restart. */
  holdWebhooks(): void;
  releaseWebhooks(): void;
  /** Injects a fault from now on. */
  injectFault(fault: Fault): FaultReport;
  /** The active faults, and how often each was injected. */
  faults(): FaultReport[];
  /** Ends all faults, and closes the connections of hanging calls. */
  clearFaults(): void;
  /** Moves the clock forward, in ms; resolves when all tasks that became due are done. */
  moveClock(byMs: number): Promise<void>;
  /** Empties the state as if newly started, and makes the calls of the seed file again. */
  reset(): Promise<void>;
  /** Answers the requests under way, stops the timers and closes the state file; a second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Starts a local Stripe, and resumes the pending tasks of its state file. Throws StateFileError,
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
    const clock = await SandboxClock.from(database, options.now?.getTime());
    const faultRules = new FaultRules(settings.faults);
    const listeners = new Map(forwardTo.map((url, index) => [listenerId(index), { url, secret: webhookSecret }]));
    const origin = () => url;
    const store = new Store(database, { clock, listeners, faultRules, react: reactToPayments(origin) });
    const deliverer = new Deliverer(store, clock, retryDelaysMs, log);
    const tasks = timerLoop(store, clock, origin, log, () => deliverer.holds);
    opened.push(async () => {
      await tasks.stop();
      await deliverer.stop();
      await store.idle();
    });
    const seedNow = async (): Promise<void> => {
      if (seedFile !== undefined) await seed(seedFile, { store, url, environment });
    };
    const unknownHere = new UnknownHere(settings.lenient, log);
    const { billing } = settings;
    const controls = new Controls({ store, clock, tasks, deliverer, faultRules, unknownHere, billing, seed: seedNow });

    const app = sandboxApp(store, settings, clock, controls);
    const plain = await listen(app, { port: settings.port, host });
    opened.push(() => plain.close());
    const url = `http://localhost:${plain.port}`;
    app.locals['origin'] = url;
    const secure = tls && (await listen(app, { port: tls.port, host, certificate: await certificateIn(tls.folder) }));
    if (secure) opened.push(() => secure.close());
    opened.push(async () => faultRules.clear());

    const wake = (): void => {
      tasks.wake();
      deliverer.wake();
    };
    await store.change(NO_REQUEST, (tx) => changeSettings(tx, billing));
    store.onCommit(wake);
    wake();
    await seedNow();
    faultRules.reset();

    let closing: Promise<void> | undefined;
    return {
      url,
      port: plain.port,
      tls: secure && tls && { port: secure.port, certificateFile: certificateFile(tls.folder) },
      webhookSecret,
      holdWebhooks: () => deliverer.hold(),
      releaseWebhooks: () => deliverer.release(),
      injectFault: (fault) => faultRules.add(fault),
      faults: () => faultRules.list(),
      clearFaults: () => faultRules.clear(),
      moveClock: (byMs) => controls.moveClock(byMs),
      reset: () => controls.reset(),
      close: () => (closing ??= closeAll()),
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
