import sqlite3 from 'sqlite3';
import type { WritingQueryRunner } from '../typeorm/writing-query-runner.js';

/** Pages that the write-ahead log grows by between two copies into the database file: about 64 MiB. */
const PAGES = 16_000;
/** A log of this many times `PAGES` is copied to its end by the writing connection, after which it starts again. */
const LARGEST_LOG = 4;
/** Commits before the first copy. Later it is estimated from how fast the log grows, within these limits. */
const FIRST_COMMITS = 100;
const FEWEST_COMMITS = 16;
const MOST_COMMITS = 2_000;
/** The number of commits grows by this factor at most, so that one odd measurement does no harm. */
const FASTEST_GROWTH = 4;
const COPY = 'PRAGMA wal_checkpoint(PASSIVE)';

/**
 * Copies the write-ahead log into the database file beside the writer. SQLite by itself does it inside one commit in many, which
 * then takes a tenth of a second. Here a connection of its own copies. Once all is copied, SQLite starts the log again at its
 * beginning; under constant writing that never happens, so a log that has grown too large is copied to its end by the writing
 * connection, between two commits.
 */
export class Checkpoints {
  private commits = 0;
  private until = FIRST_COMMITS;
  /** Pages in the log when it was last copied. */
  private logged = 0;
  private copying: Promise<void> | undefined;
  private tooLarge = false;

  private constructor(
    private readonly database: sqlite3.Database,
    private readonly runner: WritingQueryRunner,
    private readonly pages: number,
  ) {}

  /** `pages`: how many the log grows by until they are copied. */
  static open(path: string, runner: WritingQueryRunner, pages = PAGES): Promise<Checkpoints> {
    return new Promise((resolve, reject) => {
      const database = new sqlite3.Database(path, (error) =>
        error ? reject(error) : resolve(new Checkpoints(database, runner, pages)),
      );
    });
  }

  /** Call it after each commit, before the next transaction begins. */
  async committed(): Promise<void> {
    this.commits++;
    if (this.copying) return;
    if (this.tooLarge) await this.copyToEnd();
    else if (this.commits >= this.until) this.copying = this.copy().finally(() => (this.copying = undefined));
  }

  async close(): Promise<void> {
    await this.copying;
    await new Promise<void>((resolve) => this.database.close(() => resolve()));
  }

  private async copy(): Promise<void> {
    const { commits } = this;
    this.commits = 0;
    const logged = await this.copyOnce();
    const grown = logged < this.logged ? logged : logged - this.logged; // less than before: it has started again
    this.logged = logged;
    this.until = nextCommits(commits, grown / this.pages);
    this.tooLarge = logged > LARGEST_LOG * this.pages;
    if (this.tooLarge) await this.copyOnce(); // leaves the writer only what came during the first copy
  }

  /** Gives the pages in the log. After a failure the log is copied the next time, or by SQLite itself. */
  private copyOnce(): Promise<number> {
    return new Promise((resolve) =>
      this.database.get<{ log: number }>(COPY, (error, row) => resolve(error ? this.logged : row.log)),
    );
  }

  private async copyToEnd(): Promise<void> {
    this.tooLarge = false;
    await this.runner.query(COPY).catch(() => undefined);
  }
}

/** Commits after which the log should have grown by `pages`, where after `commits` it had grown by this share of them. */
function nextCommits(commits: number, share: number): number {
  const next = Math.min(commits / Math.max(share, Number.EPSILON), commits * FASTEST_GROWTH);
  return Math.round(Math.min(Math.max(next, FEWEST_COMMITS), MOST_COMMITS));
}
