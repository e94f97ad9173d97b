import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { type SessionData, Store } from 'express-session';
import { Column, Entity, LessThan, PrimaryColumn, type Repository } from 'typeorm';
import { z } from 'zod';
import { InstantColumn } from '../database/columns.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { LimitedWarnings } from '../logging/limited-warnings.js';
import { RecurringTask } from '../time/recurring-task.js';
import { RateLimitStorage } from './rate-limit.js';
import { machineNow, machineNowMs } from '../time/clock.js';

/** One browser's session. */
@Entity('sessions')
export class SessionRow {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  @Column({ type: 'text' })
  data!: string;
  @InstantColumn()
  expiresAt!: Date;
}

/** For cookies without an expiry. */
const DEFAULT_LIFE_MS = 24 * 3_600_000;
/** The expiry is extended in steps of at least this, ms, so that not every page view is a write. */
const TOUCH_STEP_MS = 10 * 60_000;
/** Expired sessions are deleted this many at a time. */
const PRUNE_BATCH = 500;

declare module 'express-session' {
  interface SessionData {
    /**
     * Read from the database: when its row expires, ms since 1970. If the row is gone since, another request destroyed it: do not
     * recreate it.
     */
    storedUntil?: number;
  }
}

type Done = (error?: unknown) => void;

/** Stores sessions in the app's database, so that they survive a restart and are shared by all instances. */
@Injectable()
export class DatabaseSessionStore extends Store {
  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(SessionRow) private readonly rows: Repository<SessionRow>,
    private readonly warnings: LimitedWarnings,
  ) {
    super();
  }

  /** Calls back with `null` for a row that cannot be read; the browser then gets a new session. */
  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.find(id).then(
      (session) => done(null, session),
      (error: unknown) => done(error),
    );
  }

  override set(id: string, { storedUntil, ...session }: SessionData, done?: Done): void {
    const row = { data: JSON.stringify(session), expiresAt: expiryOf(session) };
    const written = this.units.run<unknown>((tx) =>
      storedUntil === undefined ? tx.upsert(SessionRow, { id, ...row }, ['id']) : tx.update(SessionRow, { id }, row),
    );
    settle(written, done);
  }

  override destroy(id: string, done?: Done): void {
    settle(
      this.units.run((tx) => tx.delete(SessionRow, { id })),
      done,
    );
  }

  /** Called at each page. What `get` has read says whether the expiry is to be extended, so most pages need no statement. */
  override touch(id: string, session: SessionData, done?: Done): void {
    const expiresAt = expiryOf(session);
    if (expiresAt.getTime() - (session.storedUntil ?? 0) < TOUCH_STEP_MS) return done?.();
    settle(
      this.units.run((tx) => tx.update(SessionRow, { id }, { expiresAt })),
      done,
    );
  }

  /**
   * Deletes expired sessions.
   * @returns how many
   */
  async prune(): Promise<number> {
    let pruned = 0;
    for (;;) {
      const expired = await this.rows.find({ where: { expiresAt: LessThan(machineNow()) }, take: PRUNE_BATCH });
      if (expired.length === 0) return pruned;
      await this.units.run((tx) =>
        tx.delete(
          SessionRow,
          expired.map(({ id }) => id),
        ),
      );
      pruned += expired.length;
    }
  }

  private async find(id: string): Promise<SessionData | null> {
    const [row]: StoredRow[] = await this.rows.query(FIND, [id, machineNowMs()]);
    if (!row) return null;
    const session = readSession(row.data);
    if (session) return { ...session, storedUntil: Number(row.expires_at) };
    const message = 'A stored session cannot be read, so its browser has a new one: what else writes to `sessions`?';
    this.warnings.warn({ context: 'Auth', kind: 'unreadable session', message });
    return null;
  }
}

/** As SQL, since every page asks this, and TypeORM takes as long to write the statement as the database to execute it. */
const FIND = 'SELECT data, expires_at FROM sessions WHERE id = $1 AND expires_at > $2';

interface StoredRow {
  data: string;
  /** ms since 1970; as text on PostgreSQL. */
  expires_at: number | string;
}

/** What express-session can read. For anything else it throws, or never answers. */
const StoredSession = z.looseObject({
  cookie: z.object({
    originalMaxAge: z.number().nullable(),
    expires: z.iso.datetime().nullish(),
    path: z.string().regex(/^\/[\w./-]*$/),
    domain: z.hostname().nullish(),
    httpOnly: z.boolean().optional(),
    secure: z.union([z.boolean(), z.literal('auto')]).optional(),
    sameSite: z.union([z.boolean(), z.enum(['lax', 'strict', 'none'])]).optional(),
    partitioned: z.boolean().optional(),
    priority: z.enum(['low', 'medium', 'high']).optional(),
  }),
});

function readSession(data: string): SessionData | undefined {
  try {
    return StoredSession.parse(JSON.parse(data)) as unknown as SessionData;
  } catch {
    return undefined;
  }
}

const expiryOf = ({ cookie }: Pick<SessionData, 'cookie'>): Date =>
  cookie.expires ? new Date(cookie.expires) : new Date(machineNowMs() + (cookie.originalMaxAge ?? DEFAULT_LIFE_MS));

const settle = (work: Promise<unknown>, done: Done = () => undefined): void =>
  void work.then(
    () => done(),
    (error: unknown) => done(error),
  );

const PRUNE_EVERY_MS = 3_600_000;

/** Deletes expired sessions and rate limit counts every hour while the app listens. */
@Injectable()
export class SessionPruner implements BeforeApplicationShutdown {
  private readonly task: RecurringTask;

  constructor(sessions: DatabaseSessionStore, limits: RateLimitStorage, host: HttpAdapterHost) {
    const options = { name: 'Pruning of sessions', periodMs: PRUNE_EVERY_MS, runAtStart: false };
    this.task = new RecurringTask(options, () => Promise.all([sessions.prune(), limits.prune()]));
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }
}
