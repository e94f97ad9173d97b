import type { Database } from './database.js';

/** Whose objects a call sees: empty is the platform's own account, `acct_…` a connected one, undefined all. */
export type Account = string | undefined;

/** Which objects belong to connected accounts; all others are the platform's. One for each state file. */
export class ObjectAccounts {
  private used: boolean | undefined;

  constructor(private readonly database: Database) {}

  /** Whether there are objects of connected accounts: mostly there are none, and nothing need be looked up. */
  async areUsed(): Promise<boolean> {
    this.used ??= (await this.database.get('SELECT 1 FROM object_accounts LIMIT 1')) !== undefined;
    return this.used;
  }

  /** The account of an object; empty for the platform's. */
  async ownerOf(id: string): Promise<string> {
    if (!(await this.areUsed())) return '';
    const row = await this.database.get<{ account: string }>('SELECT account FROM object_accounts WHERE id = ?', id);
    return row?.account ?? '';
  }

  async add(id: string, account: string): Promise<void> {
    await this.database.run('INSERT INTO object_accounts (id, account) VALUES (?, ?)', id, account);
    this.used = true;
  }

  async remove(id: string): Promise<void> {
    if (this.used) await this.database.run('DELETE FROM object_accounts WHERE id = ?', id);
  }

  /** The condition of a list; undefined: it need not be filtered. */
  async conditionOf(account: Account): Promise<{ sql: string; values: string[] } | undefined> {
    if (account === undefined) return undefined;
    if (account !== '') return { sql: 'id IN (SELECT id FROM object_accounts WHERE account = ?)', values: [account] };
    if (!(await this.areUsed())) return undefined;
    return { sql: 'id NOT IN (SELECT id FROM object_accounts)', values: [] };
  }
}
