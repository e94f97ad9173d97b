import type sqlite3 from 'sqlite3';

/** Lists filter in many ways, each with a statement of its own; more than these are not kept. */
const MOST_KEPT = 300;

/** Statements that are prepared once: preparing takes longer than most of them do. */
export class Statements {
  private readonly kept = new Map<string, sqlite3.Statement>();

  constructor(private readonly driver: sqlite3.Database) {}

  get(sql: string): sqlite3.Statement {
    const earlier = this.kept.get(sql);
    if (earlier) return earlier;
    if (this.kept.size >= MOST_KEPT) this.clear();
    // One that is wrong fails when it is run, where somebody waits for it.
    const prepared = this.driver.prepare(sql, () => undefined);
    this.kept.set(sql, prepared);
    return prepared;
  }

  /** To be called before the database is closed, which it refuses while there are any. */
  clear(): void {
    for (const statement of this.kept.values()) statement.finalize();
    this.kept.clear();
  }
}
