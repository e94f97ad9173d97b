import type { OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Checkpoints } from './checkpoints.js';
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
    private readonly checkpoints: Checkpoints,
  ) {
    this.unitOfWork = new SqliteUnitOfWork(runner, () => checkpoints.committed());
  }

  /** Opens beside the reading connection: the same file, the same entities. */
  static async open(reading: DataSource): Promise<WritingConnection> {
    const source = await openForWriting(reading.options);
    await source.runMigrations({ transaction: 'all' });
    const runner = writingRunner(source);
    const checkpoints = await Checkpoints.open(source.options.database as string, runner);
    return new WritingConnection(source, runner, checkpoints);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.unitOfWork.settled();
    await this.checkpoints.close();
    await this.runner.finalizeStatements();
    await this.source.destroy();
    removeIfTemporary(this.source.options.database as string);
  }
}
