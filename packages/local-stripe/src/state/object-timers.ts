import type { Connection } from './connection.js';
import type { SqlValue } from './database.js';

/** What is due for an object that has one timer only, for the next thing that happens to it. */
export type ObjectTask = 'subscription_due' | 'schedule_due' | 'invoice_due';

/** The one timer of an object, to be written; `dueAtMs` undefined: it has none. */
interface ObjectTimer {
  task: ObjectTask;
  dueAtMs: number | undefined;
  clock: string;
  /** It had none in between: it is behind those that were set meanwhile. */
  anew: boolean;
}

/** How many timers are written in one statement. */
const AT_ONCE = 20;

/** What a transaction has set of the timers of objects, until it is written. */
export class ObjectTimers {
  /** What this transaction has set, by object: each save of an object sets its timer, mostly to the same time. */
  private readonly known = new Map<string, string>();
  /** Of these what is not written yet, in the order in which they were first set. */
  private readonly unwritten = new Map<string, ObjectTimer>();

  constructor(private readonly database: Connection) {}

  get areWritten(): boolean {
    return this.unwritten.size === 0;
  }

  /** False: that is what this transaction has set already. */
  set(task: ObjectTask, objectId: string, dueAtMs: number | undefined, clock: string): boolean {
    const set = `${dueAtMs} ${clock}`;
    if (this.known.get(objectId) === set) return false;
    this.known.set(objectId, set);
    const earlier = this.unwritten.get(objectId);
    const anew = earlier !== undefined && (earlier.anew || earlier.dueAtMs === undefined);
    if (dueAtMs === undefined || earlier?.dueAtMs === undefined) this.unwritten.delete(objectId);
    this.unwritten.set(objectId, { task, dueAtMs, clock, anew });
    return true;
  }

  clear(): void {
    this.known.clear();
    this.unwritten.clear();
  }

  async write(): Promise<void> {
    const timers = [...this.unwritten];
    this.unwritten.clear();
    const removed = timers.filter(([, { dueAtMs, anew }]) => anew || dueAtMs === undefined);
    for (const part of inParts(removed)) {
      const ids = part.map(([id]) => id);
      await this.database.run(`DELETE FROM object_timers WHERE object_id IN (${ids.map(() => '?').join()})`, ...ids);
    }
    const rows = timers.flatMap(([id, { task, dueAtMs, clock }]): SqlValue[][] =>
      dueAtMs === undefined ? [] : [[id, task, dueAtMs, clock]],
    );
    for (const part of inParts(rows)) {
      await this.database.run(
        `INSERT INTO object_timers (object_id, task, due_at_ms, clock) VALUES ${part.map(() => '(?, ?, ?, ?)').join()}
         ON CONFLICT (object_id) DO UPDATE SET due_at_ms = excluded.due_at_ms, clock = excluded.clock`,
        ...part.flat(),
      );
    }
  }
}

function* inParts<T>(values: readonly T[]): Iterable<T[]> {
  for (let from = 0; from < values.length; from += AT_ONCE) yield values.slice(from, from + AT_ONCE);
}
