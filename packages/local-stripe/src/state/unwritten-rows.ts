import type { Connection } from './connection.js';

/** A row of the table `objects`, but its position and `created`. */
export interface ObjectRow {
  object: string;
  json: string;
  /** Null: the object has none. */
  notes: string | null;
}

type ById<Row> = [id: string, row: Row];

/** Rows of one statement: each number of rows is a statement of its own. */
const MOST_ROWS = 32;

/**
 * What a transaction has changed in the table `objects` and not written yet. An invoice that is saved five times is written
 * once, and the events of a change in one statement.
 */
export class UnwrittenRows {
  /** New rows, oldest first: their order is that of lists. `created` in Unix seconds. */
  private readonly added = new Map<string, ObjectRow & { created: number }>();
  private readonly changed = new Map<string, ObjectRow>();
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly database: Connection) {}

  add(id: string, row: ObjectRow, created: number): void {
    if (this.added.has(id)) throw new Error(`There is an object ${id} already`);
    this.added.set(id, { ...row, created });
  }

  change(id: string, row: ObjectRow): void {
    const added = this.added.get(id);
    if (added) this.added.set(id, { ...row, created: added.created });
    else this.changed.set(id, row);
  }

  clear(): void {
    this.added.clear();
    this.changed.clear();
  }

  /** Writes the rows of this kind; undefined: all. */
  write(kind?: string): Promise<void> {
    this.writing = this.writing.then(async () => {
      await this.inParts(taken(this.added, kind), (rows) => this.insert(rows));
      await this.inParts(taken(this.changed, kind), (rows) => this.update(rows));
    });
    return this.writing;
  }

  private async inParts<Row>(rows: ById<Row>[], write: (part: ById<Row>[]) => Promise<void>): Promise<void> {
    for (let from = 0; from < rows.length; from += MOST_ROWS) await write(rows.slice(from, from + MOST_ROWS));
  }

  private insert(rows: ById<ObjectRow & { created: number }>[]): Promise<void> {
    return this.database.run(
      `INSERT INTO objects (id, object, created, json, notes) VALUES ${rows.map(() => '(?, ?, ?, ?, ?)').join()}`,
      ...rows.flatMap(([id, { object, created, json, notes }]) => [id, object, created, json, notes]),
    );
  }

  private update(rows: ById<ObjectRow>[]): Promise<void> {
    return this.database.run(
      `UPDATE objects SET json = column2, notes = column3 FROM (VALUES ${rows.map(() => '(?, ?, ?)').join()}) WHERE id = column1`,
      ...rows.flatMap(([id, { json, notes }]) => [id, json, notes]),
    );
  }
}

/** Takes the rows of a kind out of a map; undefined: all. */
function taken<Row extends ObjectRow>(from: Map<string, Row>, kind: string | undefined): ById<Row>[] {
  const rows = [...from].filter(([, { object }]) => kind === undefined || object === kind);
  for (const [id] of rows) from.delete(id);
  return rows;
}
