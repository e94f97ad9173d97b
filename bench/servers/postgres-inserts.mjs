import { GroupedInserts } from './grouped-inserts.mjs';

/** The same on PostgreSQL: a prepared statement for each size of group, which is a commit of its own. */
export class PostgresInserts extends GroupedInserts {
  send(group, done) {
    const values = [Date.now()];
    for (const { event, body } of group) values.push(event.id, event.type, body.toString(), event.created * 1_000);
    const query = {
      name: `insert ${group.length}`,
      text: (this.statements[group.length] ??= textFor(group.length)),
      values,
    };
    this.database.client.query(query, done);
  }
}

const textFor = (rows) =>
  `INSERT INTO webhook_events (id, type, payload, status, next_attempt_at, created_at, received_at)
   VALUES ${Array.from({ length: rows }, (_, index) => row(2 + index * 4)).join(', ')} ON CONFLICT DO NOTHING`;

const row = (first) => `($${first}, $${first + 1}, $${first + 2}, 'pending', $1, $${first + 3}, $1)`;
