import type { Engine } from '../engine.js';
import { openForReading, sqliteOptions } from './sqlite-connections.js';
import { sqlitePath } from './sqlite-file.js';
import { WritingConnection } from './writing-connection.js';

/** One file, one process that serves from it. */
export const sqliteEngine: Engine = {
  options: ({ databaseUrl }) => sqliteOptions(sqlitePath(databaseUrl)),
  openForReading,
  openForWriting: (reading) => WritingConnection.open(reading),
};
