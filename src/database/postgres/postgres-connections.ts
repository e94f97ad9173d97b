import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresConnectionOptions } from 'typeorm/driver/postgres/PostgresConnectionOptions.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Env } from '../../config/env.js';
import { SnakeNaming } from '../snake-naming.js';
import { PooledQueryRunner } from './pooled-query-runner.js';
import { SteadyClient } from './steady-client.js';
import { tlsOf } from './tls.js';

export type PostgresOptions = PostgresConnectionOptions;

/** A transaction that is asked for nothing this long, ms, belongs to a frozen worker: its locks are given up. */
const LONGEST_IDLE_TRANSACTION_MS = 5_000;

/** How long an answer may be on its way, ms, after the server should have given it. */
const NETWORK_MS = 1_000;

/** What both pools of an instance share. */
export function postgresOptions({ databaseUrl, database }: Env): PostgresOptions {
  const { url, ssl } = tlsOf(databaseUrl, database.caFile && readFileSync(database.caFile, 'utf8'));
  return {
    type: 'postgres',
    url,
    applicationName: 'nest-stripe-billing',
    poolSize: database.poolSize,
    connectTimeoutMS: database.connectTimeoutMs,
    synchronize: false,
    installExtensions: false,
    namingStrategy: new SnakeNaming(),
    poolErrorHandler: () => undefined, // a connection that dies idle is replaced; who uses one is told
    extra: {
      Client: SteadyClient,
      ssl,
      keepAlive: true,
      statement_timeout: database.statementTimeoutMs,
      query_timeout: database.statementTimeoutMs + NETWORK_MS, // where no answer comes at all
      idle_in_transaction_session_timeout: LONGEST_IDLE_TRANSACTION_MS,
    },
  };
}

/** PostgreSQL itself refuses a write on these connections. */
export const readOnly = (options: PostgresOptions): PostgresOptions => ({
  ...options,
  extra: { ...options.extra, options: '-c default_transaction_read_only=on' },
});

export const writable = ({ extra, ...options }: PostgresOptions): PostgresOptions => ({
  ...options,
  extra: { ...extra, options: undefined },
});

/** For a connection outside the pools. */
export const clientConfig = ({ url, connectTimeoutMS, extra }: PostgresOptions): ClientConfig => ({
  ...(extra as ClientConfig),
  connectionString: url,
  connectionTimeoutMillis: connectTimeoutMS,
});

export function openPool(options: PostgresOptions): Promise<DataSource> {
  const source = new DataSource(options);
  const driver = source.driver as PostgresDriver;
  driver.createQueryRunner = (mode) => new PooledQueryRunner(driver, mode);
  return source.initialize();
}
