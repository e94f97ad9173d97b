import sqlite3 from 'sqlite3';
import type { WritingQueryRunner } from './writing-query-runner.js';

/** Pages in the write-ahead log when it is copied into the database file: about 64 MiB. */
const PAGES = 16_000;
/** Commits until the first copy; from then on it goes by what the log had grown to. */
const FIRST_COMMITS = 100;
const FEWEST_COMMITS = 16;
const MOST_COMMITS = 4_000;
/** The number of commits grows no faster than this, so that one odd measurement does no harm. */
const FASTEST_GROWTH = 4;
const COPY = 'PRAGMA wal_checkpoint(PASSIVE)';

/**
 * Copies the write-ahead log into the database file without holding up those who write. SQLite by itself lets one commit in
 * many do that, and everybody waits a tenth of a second for it. Here a connection of its own copies while others write; what
 * was written meanwhile is little, and copied by the writing connection between two commits, so that the log can begin anew.
 */
export class Checkpoints {
  private commits = 0;
  private until = FIRST_COMMITS;
  private copying: Promise<void> | undefined;
  private copied = false;

  private constructor(
    private readonly database: sqlite3.Database,
    private readonly runner: WritingQueryRunner,
    private readonly pages: number,
  ) {}

  /** `pages`: how large the log should have grown when it is copied. */
  static open(path: string, runner: WritingQueryRunner, pages = PAGES): Promise<Checkpoints> {
    return new Promise((resolve, reject) => {
      const database = new sqlite3.Database(path, (error) =>
        error ? reject(error) : resolve(new Checkpoints(database, runner, pages)),
      );
    });
  }

  /** To be called after each commit, before the next transaction begins. */
  async committed(): Promise<void> {
    this.commits++;
    if (this.copied) await this.finish();
    else if (this.commits >= this.until) this.copying ??= this.copy().finally(() => (this.copying = undefined));
  }

  async close(): Promise<void> {
    await this.copying;
    await new Promise<void>((resolve) => this.database.close(() => resolve()));
  }

  /** A failure is no harm: the log grows, and is copied the next time, or by SQLite itself. */
  private async copy(): Promise<void> {
    const pages = await new Promise<number>((resolve) =>
      this.database.get<{ log: number }>(COPY, (error, row) => resolve(error ? 0 : row.log)),
    );
    if (pages > 0) this.until = nextCommits(this.until, pages / this.pages);
    this.copied = true;
  }

  private async finish(): Promise<void> {
    this.copied = false;
    this.commits = 0;
    await this.runner.query(COPY).catch(() => undefined);
  }
}

/** After how many commits the log will have grown to what it should, if after so many it had grown to this share of it. */
function nextCommits(commits: number, share: number): number {
  const next = Math.min(commits / share, commits * FASTEST_GROWTH);
  return Math.round(Math.min(Math.max(next, FEWEST_COMMITS), MOST_COMMITS));
}
