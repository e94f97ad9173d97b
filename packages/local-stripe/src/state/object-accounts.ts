import type { Connection } from './connection.js';

/** Whose objects a call sees: empty is the platform's own account, `acct_…` a connected one, undefined all. */
export type Account = string | undefined;

/** Whether there are objects of connected accounts; one for each state file. Mostly there are none, and nothing is looked up. */
export interface AccountsInUse {
  known?: boolean;
}

/**
 * Whose objects a transaction sees, and whose those are that it makes. Where it sees all, they belong to whom the first object
 * that it found belongs to: what a timer makes is of the account of its object.
 */
export class ObjectAccounts {
  private found = '';

  constructor(
    private readonly database: Connection,
    private readonly inUse: AccountsInUse,
    private readonly account: Account,
  ) {}

  /** The account of new objects; empty: the platform's own. */
  get own(): string {
    return this.account ?? this.found;
  }

  /** The same database, as the platform sees it. */
  readonly ofPlatform = (): ObjectAccounts => new ObjectAccounts(this.database, this.inUse, '');

  /** Where all objects are seen: the next one found says whose the new ones are. */
  forget(): void {
    this.found = '';
  }

  /** Whether an object is seen that was found by its id. */
  async sees(id: string): Promise<boolean> {
    const owner = await this.ownerOf(id);
    if (this.account !== undefined) return owner === this.account;
    if (this.found === '') this.found = owner;
    return true;
  }

  /** Says whose a new object is. */
  async add(id: string): Promise<void> {
    if (this.own === '') return;
    await this.database.run('INSERT INTO object_accounts (id, account) VALUES (?, ?)', id, this.own);
    this.inUse.known = true;
  }

  async remove(id: string): Promise<void> {
    if (await this.areUsed()) await this.database.run('DELETE FROM object_accounts WHERE id = ?', id);
  }

  /** The condition of SQL that lists objects. */
  async condition(): Promise<{ sql: string; values: string[] }> {
    if (this.account === undefined || (this.account === '' && !(await this.areUsed())))
      return { sql: 'TRUE', values: [] };
    if (this.account === '') return { sql: 'id NOT IN (SELECT id FROM object_accounts)', values: [] };
    return { sql: 'id IN (SELECT id FROM object_accounts WHERE account = ?)', values: [this.account] };
  }

  private async ownerOf(id: string): Promise<string> {
    if (!(await this.areUsed())) return '';
    const row = await this.database.get<{ account: string }>('SELECT account FROM object_accounts WHERE id = ?', id);
    return row?.account ?? '';
  }

  private async areUsed(): Promise<boolean> {
    this.inUse.known ??= (await this.database.get('SELECT 1 FROM object_accounts LIMIT 1')) !== undefined;
    return this.inUse.known;
  }
}
