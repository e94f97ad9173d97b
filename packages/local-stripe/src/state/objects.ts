import { unixNow } from '../model/clock.js';
import type { Insertable, Kind, Kinds } from '../model/wire.js';
import type { Database } from './database.js';
import type { Notes } from '../model/notes.js';
import type { Account, ObjectAccounts } from './object-accounts.js';
import { insertRows } from './insert-rows.js';
import { pageQuery, type PageRequest, searchQuery, type SearchRequest } from './queries.js';

interface Row {
  json: string;
}

interface KnownRow extends Row {
  object: string;
  notes: string | null;
}

/** Stripe objects by id and kind. Use inside a transaction. */
export class Objects {
  /** The rows that this transaction has read or written, by id: a change of billing reads the same few again and again. */
  private readonly known = new Map<string, KnownRow>();
  private readonly written = new Set<string>();
  /** Where all objects are seen: the account of the first one found that is of a connected account. */
  private found = '';

  constructor(
    private readonly database: Database,
    private readonly accounts: ObjectAccounts,
    /** Whose objects are seen, and whose the new ones are. */
    private readonly account: Account,
  ) {}

  /** The account of new objects; empty: the platform's own. */
  get ownAccount(): string {
    return this.account ?? this.found;
  }

  /** Where all objects are seen: the next one found says whose the new ones are. */
  forgetAccount(): void {
    this.found = '';
  }

  /** The condition of an own statement on the objects that are seen. */
  async ownCondition(): Promise<{ sql: string; values: string[] }> {
    return (await this.accounts.conditionOf(this.account)) ?? { sql: 'TRUE', values: [] };
  }

  /** The objects of the platform, whoever calls: a connected account clones its payment methods. */
  readonly ofPlatform = (): Objects => (this.ownAccount === '' ? this : new Objects(this.database, this.accounts, ''));

  /** Reads rows again that this transaction wrote: after a savepoint was rolled back. */
  forgetWritten(): void {
    for (const id of this.written) this.known.delete(id);
  }

  /** Reads a row again that a statement of its own changed. */
  forget(id: string): void {
    this.known.delete(id);
  }

  async insert(object: Insertable): Promise<void> {
    const json = JSON.stringify(object);
    await this.database.run(
      'INSERT INTO objects (id, object, created, json) VALUES (?, ?, ?, ?)',
      object.id,
      object.object,
      ('created' in object ? object.created : undefined) ?? unixNow(),
      json,
    );
    if (this.ownAccount !== '') await this.accounts.add(object.id, this.ownAccount);
    this.written.add(object.id);
    this.known.set(object.id, { object: object.object, json, notes: null });
  }

  /** Whether an object of any account has this id: ids that callers choose are taken for all. */
  async isTaken(id: string): Promise<boolean> {
    return (await this.database.get('SELECT 1 FROM objects WHERE id = ?', id)) !== undefined;
  }

  /** Several objects in one statement. `notes`: of those that have some, by id. */
  async insertAll(
    objects: ReadonlyArray<Insertable & { created: number }>,
    notes: ReadonlyMap<string, object> = new Map(),
  ): Promise<void> {
    await insertRows(this.database, objects, notes);
    if (this.ownAccount === '') return;
    for (const { id } of objects) await this.accounts.add(id, this.ownAccount);
  }

  async save(object: Insertable): Promise<void> {
    const json = JSON.stringify(object);
    await this.database.run('UPDATE objects SET json = ? WHERE id = ?', json, object.id);
    this.update(object.id, { json });
  }

  /** Saves an object together with its notes. */
  async saveNoted<K extends 'subscription'>(object: Kinds[K], notes: Notes[K]): Promise<void> {
    const row = { json: JSON.stringify(object), notes: JSON.stringify(notes) };
    await this.database.run('UPDATE objects SET json = ?, notes = ? WHERE id = ?', row.json, row.notes, object.id);
    this.update(object.id, row);
  }

  async remove(id: string): Promise<void> {
    await this.database.run('DELETE FROM objects WHERE id = ?', id);
    await this.accounts.remove(id);
    this.known.delete(id);
  }

  /** Replaces an object by its deleted form, which is in no list. */
  async replaceWithDeleted<K extends Kind>(kind: K, left: Kinds[K]): Promise<void> {
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
    const { sql, values } = pageQuery(kind, request, await this.accounts.conditionOf(this.account));
    return (await this.database.all<Row>(sql, ...values)).map((row) => parse<K>(row));
  }

  /** Newest first, each with the position that the next page goes on from. */
  async search<K extends Kind>(
    kind: K,
    request: SearchRequest,
  ): Promise<Array<{ position: number; object: Kinds[K] }>> {
    const { sql, values } = searchQuery(kind, request, await this.accounts.conditionOf(this.account));
    const rows = await this.database.all<Row & { seq: number }>(sql, ...values);
    return rows.map((row) => ({ position: row.seq, object: parse<K>(row) }));
  }

  async note<K extends keyof Notes>(kind: K, id: string, notes: Notes[K]): Promise<void> {
    const json = JSON.stringify(notes);
    await this.database.run('UPDATE objects SET notes = ? WHERE id = ? AND object = ?', json, id, kind);
    if (this.known.get(id)?.object === kind) this.update(id, { notes: json });
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

  private async row(id: string): Promise<KnownRow | undefined> {
    const earlier = this.known.get(id);
    if (earlier) return earlier;
    const row = await this.database.get<KnownRow>('SELECT object, json, notes FROM objects WHERE id = ?', id);
    if (!row || !(await this.isSeen(id))) return undefined;
    this.known.set(id, row);
    return row;
  }

  private async isSeen(id: string): Promise<boolean> {
    const owner = await this.accounts.ownerOf(id);
    if (this.account !== undefined) return owner === this.account;
    if (this.found === '') this.found = owner;
    return true;
  }

  private update(id: string, change: Partial<KnownRow>): void {
    this.written.add(id);
    const row = this.known.get(id);
    if (row) this.known.set(id, { ...row, ...change });
  }
}

const parse = <K extends Kind>(row: Row): Kinds[K] => JSON.parse(row.json) as Kinds[K];
