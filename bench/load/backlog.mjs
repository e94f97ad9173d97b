import { openDatabase } from '../data/database.mjs';
import { isPostgres } from '../data/postgres.mjs';

/** What the product has still to handle and what it has handled, read from its database by a process that cannot write. */
export class Backlog {
  /** How often callers should poll `pending`, ms. */
  pollIntervalMs = 5;

  static async open(path) {
    const kind = isPostgres(path) ? new PostgresBacklog() : new Backlog();
    kind.database = await openDatabase(path, { readOnly: true });
    await kind.prepare();
    return kind;
  }

  async prepare() {}

  /** Stored and not handled to the end. */
  async pending() {
    const { count } = await this.database.get("SELECT count(*) AS count FROM webhook_events WHERE status = 'pending'");
    return count;
  }

  /** Where the tables that are only added to end now. */
  async mark() {
    const at = performance.now();
    const ends = await this.database.get(
      `SELECT (SELECT max(rowid) FROM webhook_handler_runs) AS runs, (SELECT max(rowid) FROM payment_history) AS history`,
    );
    return { at, runs: ends.runs ?? 0, history: ends.history ?? 0 };
  }

  /**
   * Events handled since then: their run is done and their payment's history says paid. A handler writes both, and the
   * payment itself, in one transaction; that each payment is paid is looked at when the load has ended.
   */
  async handledSince({ at, runs, history }) {
    const now = performance.now();
    const found = await this.database.get(
      `SELECT (SELECT count(*) FROM webhook_handler_runs WHERE rowid > ? AND status = 'done') AS runs,
              (SELECT count(*) FROM payment_history WHERE rowid > ? AND to_status = 'paid') AS paid`,
      [runs, history],
    );
    return { handled: Math.min(found.runs, found.paid), seconds: (now - at) / 1_000 };
  }

  close() {
    return this.database.close();
  }
}

/** PostgreSQL has no row numbers that grow; the tables are short enough to be counted twice. */
class PostgresBacklog extends Backlog {
  /** A look costs the server half a millisecond, which is then missing where something is measured. */
  pollIntervalMs = 10;

  /** Goes by the index of what is due, which forgets what has been handled. Left to itself, PostgreSQL takes ten times as long. */
  async prepare() {
    await this.database.run('SET enable_seqscan = off');
    await this.database.run('SET enable_bitmapscan = off');
  }

  async mark() {
    const at = performance.now();
    return { at, ...(await this.count()) };
  }

  async handledSince({ at, runs, paid }) {
    const now = performance.now();
    const found = await this.count();
    return { handled: Math.min(found.runs - runs, found.paid - paid), seconds: (now - at) / 1_000 };
  }

  count() {
    return this.database.get(
      `SELECT (SELECT count(*) FROM webhook_handler_runs WHERE status = 'done') AS runs,
              (SELECT count(*) FROM payment_history WHERE to_status = 'paid') AS paid`,
    );
  }
}
