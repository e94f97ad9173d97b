import type { Engine } from '../engine.js';
import { NoNotifier } from '../notifier.js';
import { openForReading, openForWriting, sqliteOptions, writingRunner } from './sqlite-connections.js';
import { opening, removeIfTemporary, sqlitePath } from './sqlite-file.js';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Checkpoints } from './checkpoints.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';
import type { WritingQueryRunner } from '../typeorm/writing-query-runner.js';

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

/** One file, one process that serves from it. */
export const sqliteEngine: Engine = {
  options: ({ databaseUrl }) => sqliteOptions(sqlitePath(databaseUrl)),
  openForReading: (options) => opening(options.database as string, () => openForReading(options)),
  openForWriting: async (reading) => {
    const connection = await opening(reading.options.database as string, () => WritingConnection.open(reading));
    return {
      unitOfWork: connection.unitOfWork,
      notifier: new NoNotifier(),
      onApplicationShutdown: () => connection.onApplicationShutdown(),
    };
  },
};
