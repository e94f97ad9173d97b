import { Global, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { Env } from '../config/env.js';
import { type Engine, Notifier, type Writer } from './engine.js';
import { migrations } from './migrations/index.js';
import { postgresEngine } from './postgres/postgres-engine.js';
import { sqliteEngine } from './sqlite/sqlite-engine.js';
import { UnitOfWork } from './unit-of-work.js';

/** The engine that DATABASE_URL names. */
const engineOf = ({ postgres }: Env): Engine => (postgres ? postgresEngine : sqliteEngine);

/** The engine of an open connection. */
const engineOfConnection = ({ type }: DataSourceOptions): Engine => (type === 'sqlite' ? sqliteEngine : postgresEngine);

const WRITER = Symbol('WRITER');

/** Provides UnitOfWork, which writes through its own connection; injected repositories read through one that cannot write. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Env],
      useFactory: (env: Env) => ({
        ...engineOf(env).options(env),
        autoLoadEntities: true,
        migrations,
        toRetry: () => false, // the engine retries where that makes sense; Nest would retry a wrong password, too
      }),
      dataSourceFactory: (options) =>
        engineOfConnection(options as DataSourceOptions).openForReading(options as DataSourceOptions),
    }),
  ],
  providers: [
    {
      provide: WRITER,
      inject: [getDataSourceToken()],
      useFactory: (reading: DataSource) => engineOfConnection(reading.options).openForWriting(reading),
    },
    {
      provide: UnitOfWork,
      inject: [WRITER],
      useFactory: ({ unitOfWork }: Writer) => unitOfWork,
    },
    {
      provide: Notifier,
      inject: [WRITER],
      useFactory: ({ notifier }: Writer) => notifier,
    },
  ],
  exports: [UnitOfWork, Notifier],
})
export class DatabaseModule {}
