import type { Engine } from '../engine.js';
import { NoSignal } from '../signal.js';
import { openForReading, sqliteOptions } from './sqlite-connections.js';
import { opening, sqlitePath } from './sqlite-file.js';
import { WritingConnection } from './writing-connection.js';

/** One file, one process that serves from it. */
export const sqliteEngine: Engine = {
  options: ({ databaseUrl }) => sqliteOptions(sqlitePath(databaseUrl)),
  openForReading: (options) => opening(options.database as string, () => openForReading(options)),
  openForWriting: async (reading) => {
    const connection = await opening(reading.options.database as string, () => WritingConnection.open(reading));
    return {
      unitOfWork: connection.unitOfWork,
      signal: new NoSignal(),
      onApplicationShutdown: () => connection.onApplicationShutdown(),
    };
  },
};
