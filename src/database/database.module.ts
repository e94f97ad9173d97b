import { Global, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { Env } from '../config/env.js';
import { engineBehind, engineOf } from './engine-of.js';
import type { Writing } from './engine.js';
import { migrations } from './migrations/index.js';
import { Signal } from './signal.js';
import { UnitOfWork } from './unit-of-work.js';

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
        engineBehind(options as DataSourceOptions).openForReading(options as DataSourceOptions),
    }),
  ],
  providers: [
    {
      provide: WRITING,
      inject: [getDataSourceToken()],
      useFactory: (reading: DataSource) => engineBehind(reading.options).openForWriting(reading),
    },
    {
      provide: UnitOfWork,
      inject: [WRITING],
      useFactory: ({ unitOfWork }: Writing) => unitOfWork,
    },
    {
      provide: Signal,
      inject: [WRITING],
      useFactory: ({ signal }: Writing) => signal,
    },
  ],
  exports: [UnitOfWork, Signal],
})
export class DatabaseModule {}
