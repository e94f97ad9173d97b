import { newId } from '../model/ids.js';
import type { Database } from './database.js';

/** The signing secret of forwarded events: created at random, once per state file. */
export async function webhookSecret(database: Database): Promise<string> {
  await database.run(
    "INSERT OR IGNORE INTO settings (name, value) VALUES ('webhook_secret', ?)",
    newId('webhookSecret'),
  );
  const row = await database.get<{ value: string }>("SELECT value FROM settings WHERE name = 'webhook_secret'");
  if (!row) throw new Error('The webhook secret was not stored');
  return row.value;
}
