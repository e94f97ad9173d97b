import type { Database } from './database.js';

/** Runs transactions one at a time, in order: SQLite has one writer. */
export class Transactions {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly database: Database) {}

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.enqueue(() => this.transact(work));
  }

  /** For reads: nothing is written meanwhile, so no transaction is needed. */
  read<T>(work: () => Promise<T>): Promise<T> {
    return this.enqueue(work);
  }

  /** Resolves when everything queued so far is done. */
  async idle(): Promise<void> {
    await this.last;
  }

  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async transact<T>(work: () => Promise<T>): Promise<T> {
    await this.database.run('BEGIN IMMEDIATE');
    try {
      const result = await work();
      await this.database.run('COMMIT');
      return result;
    } catch (error) {
      // A failed COMMIT may have rolled back already; the first error is thrown.
      await this.database.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}
