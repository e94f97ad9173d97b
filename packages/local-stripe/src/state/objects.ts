import { unixNow } from '../model/clock.js';
import type { Insertable, Kind, Kinds } from '../model/wire.js';
import type { Connection } from './connection.js';
import type { Notes } from '../model/notes.js';
import type { ObjectAccounts } from './object-accounts.js';
import { type ObjectRow, UnwrittenRows } from './unwritten-rows.js';
import { pageQuery, type PageRequest, searchQuery, type SearchRequest } from './queries.js';

interface Row {
  json: string;
}

/**
 * Stripe objects by id and kind. Use inside a transaction. Changes are written when they are looked for by something else than
 * their id, and before the commit.
 */
export class Objects {
  /** The rows that this transaction has read or changed, by id: a change of billing reads the same few again and again. */
  private readonly known = new Map<string, ObjectRow>();
  /** The ids of those that it has changed. */
  private readonly changed = new Set<string>();
  private readonly unwritten: UnwrittenRows;

  constructor(
    private readonly database: Connection,
    readonly accounts: ObjectAccounts,
  ) {
    this.unwritten = new UnwrittenRows(database);
  }

  /** The objects of the platform, whoever calls: a connected account clones its payment methods. */
  readonly ofPlatform = (): Objects =>
    this.accounts.own === '' ? this : new Objects(this.database, this.accounts.ofPlatform());

  /** Writes what was changed: before SQL that reads it. `kind`: of objects of this kind only. */
  write(kind?: Kind): Promise<void> {
    return this.unwritten.write(kind);
  }

  /** Drops what was changed and not written, and reads changed rows again: after a savepoint was rolled back. */
  forgetChanges(): void {
    this.unwritten.clear();
    for (const id of this.changed) this.known.delete(id);
  }

  /** Reads a row again that a statement of its own changed. */
  forget(id: string): void {
    this.known.delete(id);
  }

  /** Reads these objects at once, for when each of them is looked for. */
  async readAhead(ids: readonly string[]): Promise<Kinds[Kind][]> {
    const unknown = [...new Set(ids)].filter((id) => !this.known.has(id));
    if (unknown.length > 0) {
      const marks = unknown.map(() => '?').join();
      const rows = await this.database.all<ObjectRow & { id: string }>(
        `SELECT id, object, json, notes FROM objects WHERE id IN (${marks})`,
        ...unknown,
      );
      for (const { id, ...row } of rows) if (await this.accounts.sees(id)) this.known.set(id, row);
    }
    return ids.flatMap((id) => this.known.get(id) ?? []).map((row) => parse<Kind>(row));
  }

  async insert<K extends Exclude<Kind, 'deleted_customer'>>(
    object: Kinds[K],
    notes?: K extends keyof Notes ? Notes[K] : never,
  ): Promise<void> {
    const { id, object: kind } = object;
    const row = { object: kind, json: JSON.stringify(object), notes: notes ? JSON.stringify(notes) : null };
    this.unwritten.add(id, row, ('created' in object ? object.created : undefined) ?? unixNow());
    this.changed.add(id);
    this.known.set(id, row);
    await this.accounts.add(id);
  }

  /** Whether an object of any account has this id: ids that callers choose are taken for all. */
  async isTaken(id: string): Promise<boolean> {
    return this.known.has(id) || (await this.database.get('SELECT 1 FROM objects WHERE id = ?', id)) !== undefined;
  }

  async save(object: Insertable): Promise<void> {
    await this.change(object.id, { json: JSON.stringify(object) });
  }

  /** Saves an object together with its notes. */
  async saveNoted<K extends 'subscription'>(object: Kinds[K], notes: Notes[K]): Promise<void> {
    await this.change(object.id, { json: JSON.stringify(object), notes: JSON.stringify(notes) });
  }

  async remove(id: string): Promise<void> {
    await this.write();
    await this.database.run('DELETE FROM objects WHERE id = ?', id);
    await this.accounts.remove(id);
    this.known.delete(id);
  }

  /** Replaces an object by its deleted form, which is in no list. */
  async replaceWithDeleted<K extends Kind>(kind: K, left: Kinds[K]): Promise<void> {
    await this.write();
    const json = JSON.stringify(left);
    await this.database.run('UPDATE objects SET object = ?, json = ?, notes = NULL WHERE id = ?', kind, json, left.id);
    this.known.delete(left.id);
  }

  async find<K extends Kind>(kind: K, id: string): Promise<Kinds[K] | undefined> {
    const row = await this.row(id);
    return row?.object === kind ? parse<K>(row) : undefined;
  }

  /** An object of whatever kind, also the deleted form. */
  async findAny(id: string): Promise<Kinds[Kind] | undefined> {
    const row = await this.row(id);
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
    const row = await this.row(id);
    if (row?.object !== kind || row.notes === null) return undefined;
    return { object: parse<K>(row), notes: JSON.parse(row.notes) as Notes[K] };
  }

  async list<K extends Kind>(kind: K, request: PageRequest): Promise<Kinds[K][]> {
    await this.write(kind);
    const { sql, values } = pageQuery(kind, request, await this.accounts.condition());
    return (await this.database.all<Row>(sql, ...values)).map((row) => parse<K>(row));
  }

  /** Newest first, each with the position that the next page goes on from. */
  async search<K extends Kind>(
    kind: K,
    request: SearchRequest,
  ): Promise<Array<{ position: number; object: Kinds[K] }>> {
    await this.write(kind);
    const { sql, values } = searchQuery(kind, request, await this.accounts.condition());
    const rows = await this.database.all<Row & { seq: number }>(sql, ...values);
    return rows.map((row) => ({ position: row.seq, object: parse<K>(row) }));
  }

  async note<K extends keyof Notes>(kind: K, id: string, notes: Notes[K]): Promise<void> {
    const row = await this.row(id);
    if (row?.object === kind) await this.change(id, { notes: JSON.stringify(notes) });
  }

  async findNotes<K extends keyof Notes>(kind: K, id: string): Promise<Notes[K] | undefined> {
    return (await this.findNoted(kind, id))?.notes;
  }

  /** Throws where the object has no notes. */
  async notes<K extends keyof Notes>(kind: K, id: string): Promise<Notes[K]> {
    const notes = await this.findNotes(kind, id);
    if (!notes) throw new Error(`The state file has no notes on ${kind} ${id}`);
    return notes;
  }

  private async row(id: string): Promise<ObjectRow | undefined> {
    const earlier = this.known.get(id);
    const row =
      earlier ?? (await this.database.get<ObjectRow>('SELECT object, json, notes FROM objects WHERE id = ?', id));
    if (!row || !(await this.accounts.sees(id))) return undefined;
    if (!earlier) this.known.set(id, row);
    return row;
  }

  /** Of an object that is not there, nothing is changed. */
  private async change(id: string, to: Partial<ObjectRow>): Promise<void> {
    const row = await this.row(id);
    if (!row) return;
    const changed = { ...row, ...to };
    this.unwritten.change(id, changed);
    this.changed.add(id);
    this.known.set(id, changed);
  }
}

const parse = <K extends Kind>(row: Row): Kinds[K] => JSON.parse(row.json) as Kinds[K];
