import { sandboxApp } from './app.js';
import { Deliverer } from './events/deliverer.js';
import { Endpoint } from './events/endpoint.js';
import { Ledger } from './ledger.js';
import { listen } from './listen.js';
import { settingsOf, type SandboxOptions } from './options.js';
import { Database } from './state/database.js';
import { SCHEMA } from './state/schema.js';
import { webhookSecret as storedSecret } from './state/webhook-secret.js';
import { taskAlarm } from './tasks.js';

export interface RunningSandbox {
  /** `http://localhost:PORT` */
  readonly url: string;
  readonly port: number;
  /** What deliveries are signed with: made at random once, kept in the state file. */
  readonly webhookSecret: string;
  /** Keeps new deliveries back until they are released; forgotten by a restart. */
  holdWebhooks(): void;
  releaseWebhooks(): void;
  /** Answers the requests under way, stops the timers and closes the state file; a second call waits for the first. */
  close(): Promise<void>;
}

/** Starts a local Stripe, and goes on with what an earlier one on the same state file left to do. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const settings = settingsOf(options);
  const { log, webhookUrl, retryDelaysMs } = settings;
  const database = await Database.open(settings.stateFile);
  try {
    await database.exec(SCHEMA);
    const webhookSecret = await storedSecret(database);
    const ledger = new Ledger(database, webhookUrl !== undefined);
    const deliverer =
      webhookUrl === undefined
        ? undefined
        : new Deliverer(ledger, new Endpoint(webhookUrl, webhookSecret), retryDelaysMs, log);
    const webhooks = {
      holdWebhooks: () => deliverer?.hold(),
      releaseWebhooks: () => deliverer?.release(),
    };

    const listening = await listen(sandboxApp(ledger, settings, webhooks), settings.port, settings.host);
    const url = `http://localhost:${listening.port}`;
    const tasks = taskAlarm(ledger, url, log);
    const wake = (): void => {
      tasks.ringNow();
      deliverer?.wake();
    };
    ledger.onCommit(wake);
    wake();

    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await listening.close();
      await tasks.stop();
      await deliverer?.stop();
      await ledger.idle();
      await database.close();
    };

    return {
      url,
      port: listening.port,
      webhookSecret,
      ...webhooks,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
