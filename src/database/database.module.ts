import { Global, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { Env } from '../config/env.js';
import type { Engine, Writing } from './engine.js';
import { migrations } from './migrations/index.js';
import { Notifier } from './notifier.js';
import { UnitOfWork } from './unit-of-work.js';
import { postgresEngine } from './postgres/postgres-engine.js';
import { sqliteEngine } from './sqlite/sqlite-engine.js';

/** The engine that DATABASE_URL names. */
export const engineOf = ({ postgres }: Env): Engine => (postgres ? postgresEngine : sqliteEngine);

/** The engine that a connection goes to. */
export const engineOfConnection = ({ type }: DataSourceOptions): Engine =>
  type === 'sqlite' ? sqliteEngine : postgresEngine;

const WRITING = Symbol('WRITING');

/** Repositories read through the injected connection; UnitOfWork writes through its own. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Env],
      useFactory: (env: Env) => ({
        ...engineOf(env).options(env),
        autoLoadEntities: true,
        // By default TypeORM leaves such a condition out, and finds, changes or deletes the rows of everybody.
        invalidWhereValuesBehavior: { undefined: 'throw', null: 'throw' },
        migrations,
        toRetry: () => false, // the engine knows which failures pass by themselves
      }),
      dataSourceFactory: (options) =>
        engineOfConnection(options as DataSourceOptions).openForReading(options as DataSourceOptions),
    }),
  ],
  providers: [
    {
      provide: WRITING,
      inject: [getDataSourceToken()],
      useFactory: (reading: DataSource) => engineOfConnection(reading.options).openForWriting(reading),
    },
    {
      provide: UnitOfWork,
      inject: [WRITING],
      useFactory: ({ unitOfWork }: Writing) => unitOfWork,
    },
    {
      provide: Notifier,
      inject: [WRITING],
      useFactory: ({ notifier }: Writing) => notifier,
    },
  ],
  exports: [UnitOfWork, Notifier],
})
export class DatabaseModule {}
