import { unixNow } from '../model/clock.js';
import type { Insertable, Kind, Kinds } from '../model/wire.js';
import type { Database } from './database.js';
import type { Notes } from '../model/notes.js';
import { pageQuery, type PageRequest, searchQuery, type SearchRequest } from './queries.js';

interface Row {
  json: string;
}

/** Rows of one INSERT: each number of rows is a statement of its own. */
const MOST_ROWS = 16;

/** Stripe objects by id and kind. Use inside a transaction. */
export class Objects {
  constructor(private readonly database: Database) {}

  async insert(object: Insertable): Promise<void> {
    await this.database.run(
      'INSERT INTO objects (id, object, created, json) VALUES (?, ?, ?, ?)',
      object.id,
      object.object,
      ('created' in object ? object.created : undefined) ?? unixNow(),
      JSON.stringify(object),
    );
  }

  /** Several objects in one statement. */
  async insertAll(objects: ReadonlyArray<Insertable & { created: number }>): Promise<void> {
    for (let from = 0; from < objects.length; from += MOST_ROWS) {
      const rows = objects.slice(from, from + MOST_ROWS);
      await this.database.run(
        `INSERT INTO objects (id, object, created, json) VALUES ${rows.map(() => '(?, ?, ?, ?)').join()}`,
        ...rows.flatMap((row) => [row.id, row.object, row.created, JSON.stringify(row)]),
      );
    }
  }

  async save(object: Insertable): Promise<void> {
    await this.database.run('UPDATE objects SET json = ? WHERE id = ?', JSON.stringify(object), object.id);
  }

  /** Saves an object together with its notes. */
  async saveNoted<K extends 'subscription'>(object: Kinds[K], notes: Notes[K]): Promise<void> {
    const json = JSON.stringify(object);
    await this.database.run(
      'UPDATE objects SET json = ?, notes = ? WHERE id = ?',
      json,
      JSON.stringify(notes),
      object.id,
    );
  }

  async remove(id: string): Promise<void> {
    await this.database.run('DELETE FROM objects WHERE id = ?', id);
  }

  /** Replaces an object by its deleted form, which is in no list. */
  async replaceWithDeleted<K extends Kind>(kind: K, left: Kinds[K]): Promise<void> {
    const json = JSON.stringify(left);
    await this.database.run('UPDATE objects SET object = ?, json = ?, notes = NULL WHERE id = ?', kind, json, left.id);
  }

  async find<K extends Kind>(kind: K, id: string): Promise<Kinds[K] | undefined> {
    const row = await this.database.get<Row>('SELECT json FROM objects WHERE id = ? AND object = ?', id, kind);
    return row && parse<K>(row);
  }

  /** An object of whatever kind, also the deleted form. */
  async findAny(id: string): Promise<Kinds[Kind] | undefined> {
    const row = await this.database.get<Row>('SELECT json FROM objects WHERE id = ?', id);
    return row && parse<Kind>(row);
  }

  /** For a reference the sandbox itself has stored. */
  async get<K extends Kind>(kind: K, id: string): Promise<Kinds[K]> {
    const object = await this.find(kind, id);
    if (!object) throw new Error(`The state file refers to ${kind} ${id}, which is not in it`);
    return object;
  }

  /** An object that has notes, and these; undefined where there is none. */
  async findNoted<K extends Kind & keyof Notes>(
    kind: K,
    id: string,
  ): Promise<{ object: Kinds[K]; notes: Notes[K] } | undefined> {
    const sql = 'SELECT json, notes FROM objects WHERE id = ? AND object = ? AND notes IS NOT NULL';
    const row = await this.database.get<Row & { notes: string }>(sql, id, kind);
    return row && { object: parse<K>(row), notes: JSON.parse(row.notes) as Notes[K] };
  }

  async list<K extends Kind>(kind: K, request: PageRequest): Promise<Kinds[K][]> {
    const { sql, values } = pageQuery(kind, request);
    return (await this.database.all<Row>(sql, ...values)).map((row) => parse<K>(row));
  }

  /** Newest first, each with the position that the next page goes on from. */
  async search<K extends Kind>(
    kind: K,
    request: SearchRequest,
  ): Promise<Array<{ position: number; object: Kinds[K] }>> {
    const { sql, values } = searchQuery(kind, request);
    const rows = await this.database.all<Row & { seq: number }>(sql, ...values);
    return rows.map((row) => ({ position: row.seq, object: parse<K>(row) }));
  }

  async note<K extends keyof Notes>(kind: K, id: string, notes: Notes[K]): Promise<void> {
    const json = JSON.stringify(notes);
    await this.database.run('UPDATE objects SET notes = ? WHERE id = ? AND object = ?', json, id, kind);
  }

  async findNotes<K extends keyof Notes>(kind: K, id: string): Promise<Notes[K] | undefined> {
    const row = await this.database.get<{ notes: string }>(
      'SELECT notes FROM objects WHERE id = ? AND object = ? AND notes IS NOT NULL',
      id,
      kind,
    );
    return row && (JSON.parse(row.notes) as Notes[K]);
  }

  /** Throws where the object has no notes. */
  async notes<K extends keyof Notes>(kind: K, id: string): Promise<Notes[K]> {
    const notes = await this.findNotes(kind, id);
    if (!notes) throw new Error(`The state file has no notes on ${kind} ${id}`);
    return notes;
  }
}

const parse = <K extends Kind>(row: Row): Kinds[K] => JSON.parse(row.json) as Kinds[K];
