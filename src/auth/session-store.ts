import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type SessionData, Store } from 'express-session';
import { Column, Entity, LessThan, MoreThan, PrimaryColumn, type Repository } from 'typeorm';
import { z } from 'zod';
import { UnitOfWork } from '../database/unit-of-work.js';
import { LimitedWarnings } from '../logging/limited-warnings.js';
import { InstantColumn } from '../database/columns.js';

/** What express-session keeps for one browser. */
@Entity('sessions')
export class SessionRow {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  @Column({ type: 'text' })
  data!: string;
  @InstantColumn()
  expiresAt!: Date;
}

/** For cookies that name no end of their own. */
const DEFAULT_LIFE_MS = 24 * 3_600_000;
/** A session's end is put off in steps of at least this, so that not every page view is a write. */
const TOUCH_STEP_MS = 10 * 60_000;
/** Expired sessions are deleted this many at a time. */
const PRUNE_BATCH = 500;

declare module 'express-session' {
  interface SessionData {
    /** This session was read from the database: where its row is gone since, it was ended and must stay so. */
    stored?: true;
  }
}

type Done = (error?: unknown) => void;

/** Keeps sessions in the app's database, where they survive a restart and serve several instances. */
@Injectable()
export class DatabaseSessionStore extends Store {
  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(SessionRow) private readonly rows: Repository<SessionRow>,
    private readonly warnings: LimitedWarnings,
  ) {
    super();
  }

  /** Gives none for a row that cannot be read: the browser then has a new session. */
  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.find(id).then(
      (session) => done(null, session),
      (error: unknown) => done(error),
    );
  }

  override set(id: string, { stored, ...session }: SessionData, done?: Done): void {
    const row = { data: JSON.stringify(session), expiresAt: expiryOf(session) };
    const written = this.units.run<unknown>((tx) =>
      stored ? tx.update(SessionRow, { id }, row) : tx.upsert(SessionRow, { id, ...row }, ['id']),
    );
    settle(written, done);
  }

  override destroy(id: string, done?: Done): void {
    settle(
      this.units.run((tx) => tx.delete(SessionRow, { id })),
      done,
    );
  }

  override touch(id: string, session: SessionData, done?: Done): void {
    settle(this.putOffExpiry(id, expiryOf(session)), done);
  }

  /** Deletes what has expired. Gives how many that were. */
  async prune(): Promise<number> {
    let pruned = 0;
    for (;;) {
      const expired = await this.rows.find({ where: { expiresAt: LessThan(new Date()) }, take: PRUNE_BATCH });
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
    const row = await this.rows.findOneBy({ id, expiresAt: MoreThan(new Date()) });
    if (!row) return null;
    const session = readSession(row.data);
    if (session) return { ...session, stored: true };
    const message = 'A stored session cannot be read, so its browser has a new one: what else writes to `sessions`?';
    this.warnings.warn({ context: 'Auth', kind: 'unreadable session', message });
    return null;
  }

  private async putOffExpiry(id: string, expiresAt: Date): Promise<void> {
    const old = LessThan(new Date(expiresAt.getTime() - TOUCH_STEP_MS));
    if (!(await this.rows.existsBy({ id, expiresAt: old }))) return;
    await this.units.run((tx) => tx.update(SessionRow, { id }, { expiresAt }));
  }
}

/** What express-session makes a cookie of; it throws, or answers nothing at all, for anything else. */
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
  cookie.expires ? new Date(cookie.expires) : new Date(Date.now() + (cookie.originalMaxAge ?? DEFAULT_LIFE_MS));

const settle = (work: Promise<unknown>, done: Done = () => undefined): void =>
  void work.then(
    () => done(),
    (error: unknown) => done(error),
  );
