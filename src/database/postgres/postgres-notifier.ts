import pg from 'pg';
import type { DataSource } from 'typeorm';
import { Notifier } from '../notifier.js';

const CHANNEL = 'nest_stripe_billing';
/** PostgreSQL lets one transaction after the other commit that notifies: under load, a signal now and then is enough. */
const AT_MOST_EVERY_MS = 100;
const CONNECT_AGAIN_MS = 1_000;

/** LISTEN and NOTIFY, on a connection of its own that is opened anew whenever it is lost. */
export class PostgresNotifier extends Notifier {
  private client: pg.Client | undefined;
  private again: NodeJS.Timeout | undefined;
  private stopped = false;

  private sentAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly source: DataSource,
    private readonly options: pg.ClientConfig,
  ) {
    super();
  }

  notify(): void {
    if (performance.now() - this.sentAt < AT_MOST_EVERY_MS) return;
    this.sentAt = performance.now();
    this.source.query(`NOTIFY ${CHANNEL}`).catch(() => undefined); // the others look for themselves
  }

  async onNotify(listener: () => void): Promise<void> {
    const client = new pg.Client(this.options);
    this.client = client;
    client.on('notification', listener);
    client.on('error', () => undefined); // `end` follows
    client.on('end', () => this.listenAgain(listener));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      listener(); // something may have been committed before LISTEN
    } catch {
      await client.end().catch(() => undefined);
      this.listenAgain(listener);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    await this.client?.end().catch(() => undefined);
  }

  private listenAgain(listener: () => void): void {
    clearTimeout(this.again);
    if (this.stopped) return;
    this.again = setTimeout(() => void this.onNotify(listener), CONNECT_AGAIN_MS);
  }
}
