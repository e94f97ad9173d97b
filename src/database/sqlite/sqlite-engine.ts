import type { DataSource } from 'typeorm';
import { type Engine, NoNotifier, type Writer } from '../engine.js';
import { Checkpoints } from './checkpoints.js';
import { openForReading, openForWriting, sqliteOptions, writingRunner } from './sqlite-connections.js';
import { explainFileErrors, removeIfTemporary, sqlitePath } from './sqlite-file.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';

/** One file, and one process that serves from it. */
export const sqliteEngine: Engine = {
  options: ({ databaseUrl }) => sqliteOptions(sqlitePath(databaseUrl)),
  openForReading: (options) => explainFileErrors(String(options.database), () => openForReading(options)),
  openForWriting: (reading) => explainFileErrors(String(reading.options.database), () => openWriter(reading)),
};

async function openWriter(reading: DataSource): Promise<Writer> {
  const path = String(reading.options.database);
  const source = await openForWriting(reading.options);
  await source.runMigrations({ transaction: 'all' });
  const runner = writingRunner(source);
  const checkpoints = await Checkpoints.open(path, runner);
  const unitOfWork = new SqliteUnitOfWork(runner, () => checkpoints.committed());
  const onApplicationShutdown = async () => {
    await unitOfWork.settled();
    await checkpoints.close();
    await runner.finalizeStatements();
    await source.destroy();
    removeIfTemporary(path);
  };
  return { unitOfWork, notifier: new NoNotifier(), onApplicationShutdown };
}
