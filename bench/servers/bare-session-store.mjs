import { Store } from 'express-session';

/** As the product: the end of a session is moved in steps of at least this. */
const TOUCH_STEP_MS = 10 * 60_000;

/** Sessions in the product's table, through better-sqlite3: a statement to read one, and one more where its end must move. */
export class BareSessionStore extends Store {
  constructor(database) {
    super();
    this.select = database.prepare('SELECT data, expires_at FROM sessions WHERE id = ? AND expires_at > ?');
    this.upsert = database.prepare(
      `INSERT INTO sessions (id, data, expires_at) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`,
    );
    this.remove = database.prepare('DELETE FROM sessions WHERE id = ?');
    this.move = database.prepare('UPDATE sessions SET expires_at = ? WHERE id = ?');
  }

  get(id, done) {
    const row = this.select.get(id, Date.now());
    done(null, row ? { ...JSON.parse(row.data), storedUntil: row.expires_at } : null);
  }

  set(id, session, done) {
    this.upsert.run(
      id,
      JSON.stringify({ ...session, storedUntil: undefined }),
      new Date(session.cookie.expires).getTime(),
    );
    done?.();
  }

  destroy(id, done) {
    this.remove.run(id);
    done?.();
  }

  touch(id, session, done) {
    const expiresAt = new Date(session.cookie.expires).getTime();
    if (expiresAt - session.storedUntil >= TOUCH_STEP_MS) this.move.run(expiresAt, id);
    done?.();
  }
}
