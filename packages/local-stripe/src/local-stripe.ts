import { sandboxApp } from './app.js';
import { Controls } from './controls.js';
import { Deliverer } from './events/deliverer.js';
import { DELIVERIES_SCHEMA } from './events/schema.js';
import type { Fault } from './faults/fault.js';
import { Misbehaviour } from './faults/misbehaviour.js';
import type { ToldFault } from './faults/rule.js';
import { Ledger } from './ledger.js';
import { listen } from './listen.js';
import { settingsOf, type SandboxOptions } from './options.js';
import { Database } from './state/database.js';
import { SCHEMA } from './state/schema.js';
import { webhookSecret as storedSecret } from './state/webhook-secret.js';
import { taskAlarm } from './tasks.js';
import { SandboxClock } from './time/sandbox-clock.js';

export interface RunningSandbox {
  /** `http://localhost:PORT` */
  readonly url: string;
  readonly port: number;
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
  /** Answers the requests under way, stops the timers and closes the state file; a second call waits for the first. */
  close(): Promise<void>;
}

/** Starts a local Stripe, and goes on with what an earlier one on the same state file left to do. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const settings = settingsOf(options);
  const { log, webhookUrl, retryDelaysMs } = settings;
  const database = await Database.open(settings.stateFile);
  try {
    await database.exec(SCHEMA + DELIVERIES_SCHEMA);
    const webhookSecret = options.webhookSecret ?? (await storedSecret(database));
    const clock = await SandboxClock.from(database);
    const misbehaviour = new Misbehaviour(settings.faults);
    const listener = webhookUrl === undefined ? undefined : { url: webhookUrl, secret: webhookSecret };
    const ledger = new Ledger(database, { clock, listener, misbehaviour });
    const deliverer = new Deliverer(ledger, clock, retryDelaysMs, log);
    const tasks = taskAlarm(ledger, clock, () => url, log);
    const controls = new Controls(ledger, clock, tasks, deliverer, misbehaviour);

    const listening = await listen(sandboxApp(ledger, settings, clock, controls), settings.port, settings.host);
    const url = `http://localhost:${listening.port}`;
    const wake = (): void => {
      tasks.ringNow();
      deliverer.wake();
    };
    ledger.onCommit(wake);
    wake();

    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      misbehaviour.clear();
      await listening.close();
      await tasks.stop();
      await deliverer.stop();
      await ledger.idle();
      await database.close();
    };

    return {
      url,
      port: listening.port,
      webhookSecret,
      holdWebhooks: () => deliverer.hold(),
      releaseWebhooks: () => deliverer.release(),
      misbehave: (fault) => misbehaviour.add(fault),
      faults: () => misbehaviour.list(),
      behave: () => misbehaviour.clear(),
      moveClock: (byMs) => controls.moveClock(byMs),
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
