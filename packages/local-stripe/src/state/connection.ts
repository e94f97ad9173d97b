import type { Database, SqlValue } from './database.js';

/**
 * The database inside of a transaction, with savepoints. One is made in the database when something is written after it: what is
 * tried out and writes nothing costs nothing.
 */
export class Connection {
  /** Of each open savepoint, the outermost first, whether it is made. */
  private readonly savepoints: boolean[] = [];

  constructor(private readonly database: Database) {}

  async run(sql: string, ...values: SqlValue[]): Promise<void> {
    for (const [index, made] of this.savepoints.entries()) {
      if (!made) await this.database.run(`SAVEPOINT level_${index}`);
      this.savepoints[index] = true;
    }
    return this.database.run(sql, ...values);
  }

  all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return this.database.all<Row>(sql, ...values);
  }

  get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return this.database.get<Row>(sql, ...values);
  }

  /** Opens a savepoint; returns its number, for `rollBackTo`. */
  savepoint(): number {
    return this.savepoints.push(false) - 1;
  }

  /** Takes back what was written since a savepoint, and closes it with those inside of it. False: nothing was. */
  async rollBackTo(savepoint: number): Promise<boolean> {
    const [made] = this.savepoints.splice(savepoint);
    if (!made) return false;
    await this.database.run(`ROLLBACK TO level_${savepoint}`);
    await this.database.run(`RELEASE level_${savepoint}`);
    return true;
  }
}
