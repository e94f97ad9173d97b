import type { Database } from './database.js';

/** Runs transactions one after the other, first come first served: SQLite has one writer and so has the sandbox. */
export class Transactions {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly database: Database) {}

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.enqueue(() => this.transact(work));
  }

  /** For what only reads: nobody writes meanwhile, so it needs no transaction to see one state. */
  read<T>(work: () => Promise<T>): Promise<T> {
    return this.enqueue(work);
  }

  /** Resolves when everything asked for so far is done. */
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
      // A COMMIT that failed may have rolled back already; the first error is the one to tell.
      await this.database.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}
