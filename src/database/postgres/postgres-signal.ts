import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { Signal } from '../signal.js';

const CHANNEL = 'nest_stripe_billing';
const CONNECT_AGAIN_MS = 1_000;

/** LISTEN and NOTIFY, on a connection of its own that is opened anew whenever it is lost. */
export class PostgresSignal extends Signal {
  private client: pg.Client | undefined;
  private again: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: pg.ClientConfig) {
    super();
  }

  async send(tx: EntityManager): Promise<void> {
    await tx.query(`NOTIFY ${CHANNEL}`);
  }

  async listen(hear: () => void): Promise<void> {
    const client = new pg.Client(this.options);
    this.client = client;
    client.on('notification', hear);
    client.on('error', () => undefined); // `end` follows
    client.on('end', () => this.listenAgain(hear));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      hear(); // what was said while nobody listened
    } catch {
      await client.end().catch(() => undefined);
      this.listenAgain(hear);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    await this.client?.end().catch(() => undefined);
  }

  private listenAgain(hear: () => void): void {
    clearTimeout(this.again);
    if (this.stopped) return;
    this.again = setTimeout(() => void this.listen(hear), CONNECT_AGAIN_MS);
  }
}
