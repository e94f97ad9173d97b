import { Global, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { Env } from '../config/env.js';
import { migrations } from './migrations/index.js';
import { openForReading, sqliteOptions } from './sqlite/sqlite-connections.js';
import { sqlitePath } from './sqlite/sqlite-file.js';
import { WritingConnection } from './sqlite/writing-connection.js';
import { UnitOfWork } from './unit-of-work.js';

/** Repositories read through the injected connection; UnitOfWork writes through its own. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Env],
      useFactory: (env: Env) => ({
        ...sqliteOptions(sqlitePath(env.databaseUrl)),
        autoLoadEntities: true,
        migrations,
      }),
      dataSourceFactory: (options) => openForReading(options as DataSourceOptions),
    }),
  ],
  providers: [
    {
      provide: WritingConnection,
      inject: [getDataSourceToken()],
      useFactory: (reading: DataSource) => WritingConnection.open(reading),
    },
    {
      provide: UnitOfWork,
      inject: [WritingConnection],
      useFactory: (connection: WritingConnection) => connection.unitOfWork,
    },
  ],
  exports: [UnitOfWork],
})
export class DatabaseModule {}
