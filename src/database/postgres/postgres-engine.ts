import type { DataSource } from 'typeorm';
import type { Engine } from '../engine.js';
import { migrate } from './migrate.js';
import {
  clientConfig,
  openPool,
  type PostgresOptions,
  postgresOptions,
  readOnly,
  writable,
} from './postgres-connections.js';
import { PostgresSignal } from './postgres-signal.js';
import { PostgresUnitOfWork } from './postgres-unit-of-work.js';
import { onceReachable } from './reachable.js';

/** A server that many instances share: a pool for reading and one for writing in each. */
export const postgresEngine: Engine = {
  options: (env) => readOnly(postgresOptions(env)),
  openForReading: (options) => onceReachable(() => openPool(options as PostgresOptions)),
  openForWriting: async (reading: DataSource) => {
    const options = writable(reading.options as PostgresOptions);
    await migrate(options);
    const source = await openPool(options);
    const signal = new PostgresSignal(source, clientConfig(options));
    const onApplicationShutdown = async () => {
      await signal.stop();
      await source.destroy();
    };
    return { unitOfWork: new PostgresUnitOfWork(source), signal, onApplicationShutdown };
  },
};
