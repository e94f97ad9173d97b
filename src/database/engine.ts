import type { DataSource, DataSourceOptions } from 'typeorm';
import type { Env } from '../config/env.js';
import type { Notifier } from './notifier.js';
import type { UnitOfWork } from './unit-of-work.js';

/** What writes for the life of the app: migrated when it opens, empty of work when it closes. */
export interface Writing {
  unitOfWork: UnitOfWork;
  notifier: Notifier;
  onApplicationShutdown(): Promise<void>;
}

/** All that depends on which database the app runs on. */
export interface Engine {
  options(env: Env): DataSourceOptions;
  /** Opens what repositories read through: the database itself refuses a write on it. */
  openForReading(options: DataSourceOptions): Promise<DataSource>;
  /** Opens beside it: the same database, the same entities. */
  openForWriting(reading: DataSource): Promise<Writing>;
}
