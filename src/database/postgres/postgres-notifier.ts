import pg from 'pg';
import type { DataSource } from 'typeorm';
import { Notifier } from '../engine.js';

const CHANNEL = 'nest_stripe_billing';
/** PostgreSQL commits transactions that notify one after the other, so under load few are sent. */
const BETWEEN_NOTIFICATIONS_MS = 100;
const RECONNECT_AFTER_MS = 1_000;

/** LISTEN on a connection of its own, which is opened again whenever it is lost; NOTIFY through the writing pool. */
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
    if (performance.now() - this.sentAt < BETWEEN_NOTIFICATIONS_MS) return;
    this.sentAt = performance.now();
    this.source.query(`NOTIFY ${CHANNEL}`).catch(() => undefined); // the others poll
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
      listener(); // for what was committed before LISTEN
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
    this.again = setTimeout(() => void this.onNotify(listener), RECONNECT_AFTER_MS);
  }
}
