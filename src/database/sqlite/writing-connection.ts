import type { OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { writingRunner, openForWriting } from './sqlite-connections.js';
import { removeIfTemporary } from './sqlite-file.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';
import type { WritingQueryRunner } from './writing-query-runner.js';

/** The writing connection for the life of the app: migrated when it opens, empty of work when it closes. */
export class WritingConnection implements OnApplicationShutdown {
  readonly unitOfWork: SqliteUnitOfWork;

  private constructor(
    private readonly source: DataSource,
    private readonly runner: WritingQueryRunner,
  ) {
    this.unitOfWork = new SqliteUnitOfWork(runner);
  }

  /** Opens beside the reading connection: the same file, the same entities. */
  static async open(reading: DataSource): Promise<WritingConnection> {
    const source = await openForWriting(reading.options);
    await source.runMigrations({ transaction: 'all' });
    return new WritingConnection(source, writingRunner(source));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.unitOfWork.settled();
    await this.runner.finalizeStatements();
    await this.source.destroy();
    removeIfTemporary(this.source.options.database as string);
  }
}
