/** Rows of one statement, at most: the load has 64 connections. */
const MAX_GROUP_SIZE = 64;

/** Inserts what came while the last commit was under way, in one statement, which is one commit. */
export class GroupedInserts {
  waiting = [];
  busy = false;
  /** By number of rows. */
  statements = [];

  constructor(database) {
    this.database = database;
  }

  /** @param {(error?: Error) => void} done called once the row is on disk */
  add(event, body, done) {
    this.waiting.push({ event, body, done });
    if (!this.busy) this.insert();
  }

  insert() {
    const group = this.waiting.splice(0, MAX_GROUP_SIZE);
    this.busy = group.length > 0;
    if (!this.busy) return;
    this.send(group, (error) => {
      this.insert(); // start the next batch before answering
      for (const { done } of group) done(error);
    });
  }

  send(group, done) {
    const values = [Date.now()];
    for (const { event, body } of group) values.push(event.id, event.type, body, event.created * 1_000);
    this.statement(group.length).run(values, done);
  }

  statement(rows) {
    return (this.statements[rows] ??= this.database.driver.prepare(
      `INSERT INTO webhook_events (id, type, payload, status, next_attempt_at, created_at, received_at)
       VALUES ${Array.from({ length: rows }, (_, index) => row(2 + index * 4)).join(', ')} ON CONFLICT DO NOTHING`,
    ));
  }
}

/** The body goes in as bytes, which the driver takes in faster than a string; ?1 is the time for all rows. */
const row = (first) => `(?${first}, ?${first + 1}, CAST(?${first + 2} AS TEXT), 'pending', ?1, ?${first + 3}, ?1)`;
