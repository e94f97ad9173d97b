import type { DataSource, DataSourceOptions } from 'typeorm';
import type { Env } from '../config/env.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * Notifies the other instances that an event is due, sooner than they would poll for it. A notification may be lost, so listeners
 * poll all the same.
 */
export abstract class Notifier {
  /** Notifies every instance, this one included. Call it after the commit. */
  abstract notify(): void;
  /** Calls `listener` at each notification until the app stops. Resolves once it listens, or will try again. */
  abstract onNotify(listener: () => void): Promise<void>;
}

/** For SQLite, where one process does all the work. */
export class NoNotifier extends Notifier {
  notify(): void {}
  async onNotify(): Promise<void> {}
}

/** The writing side of an engine, from boot to shutdown. The database is migrated by then. */
export interface Writer {
  unitOfWork: UnitOfWork;
  notifier: Notifier;
  /** Resolves once every unit has ended and the connections are closed. */
  onApplicationShutdown(): Promise<void>;
}

/** What depends on whether the app runs on SQLite or on PostgreSQL. */
export interface Engine {
  options(env: Env): DataSourceOptions;
  /** Opens the connection that repositories read through; the database refuses a write on it. */
  openForReading(options: DataSourceOptions): Promise<DataSource>;
  /** Migrates the database and opens the connection that writes, with the entities of `reading`. */
  openForWriting(reading: DataSource): Promise<Writer>;
}
