// The bare limit: the least work that still stores every event before answering. One INSERT and one commit for all
// deliveries that wait together. Nothing is handled.
import { openDatabase } from '../data/database.mjs';
import { isPostgres } from '../data/postgres.mjs';
import { receiveDeliveries } from './deliveries.mjs';
import { GroupedInserts } from './grouped-inserts.mjs';
import { PostgresInserts } from './postgres-inserts.mjs';
import { EVENTS_TABLE } from './webhook-events-table.mjs';

const { DATABASE } = process.env;
const database = await openDatabase(DATABASE);
if (!isPostgres(DATABASE)) {
  await database.run('PRAGMA journal_mode = WAL');
  await database.run('PRAGMA synchronous = FULL');
  await database.run('PRAGMA wal_autocheckpoint = 16000');
}
await database.run(EVENTS_TABLE);
const inserts = isPostgres(DATABASE) ? new PostgresInserts(database) : new GroupedInserts(database);
receiveDeliveries((event, body, done) => inserts.add(event, body, done));
