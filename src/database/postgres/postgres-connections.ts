import type { ClientConfig } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresConnectionOptions } from 'typeorm/driver/postgres/PostgresConnectionOptions.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Env } from '../../config/env.js';
import { TYPEORM_OPTIONS } from '../typeorm/options.js';
import { PooledQueryRunner } from '../typeorm/pooled-query-runner.js';
import { ClientWithErrorListener } from './postgres-client.js';

export type PostgresOptions = PostgresConnectionOptions;

/** PostgreSQL ends a transaction that sends nothing for this long, ms: a frozen worker must not keep its locks. */
const LONGEST_IDLE_TRANSACTION_MS = 5_000;

/** Added to the statement timeout on our side, ms, for the way of the answer. */
const NETWORK_MS = 1_000;

/**
 * Options of both pools of an instance. They hold the parts of the address, never its text: the driver would parse that again, by
 * its own rules, and each parameter in it would override these options.
 */
export function postgresOptions({ postgres: address, database }: Env): PostgresOptions {
  if (!address) throw new Error('The settings name no PostgreSQL');
  const { host, port, user, password, database: name, options } = address;
  return {
    ...TYPEORM_OPTIONS,
    type: 'postgres',
    host,
    ...(port && { port }),
    ...(user && { username: user }),
    ...(password && { password }),
    ...(name && { database: name }),
    applicationName: address.applicationName ?? 'nest-stripe-billing',
    poolSize: database.poolSize,
    connectTimeoutMS: address.connectTimeoutMs ?? database.connectTimeoutMs,
    installExtensions: false,
    poolErrorHandler: () => undefined, // a connection lost while idle is replaced; one in use rejects its query
    extra: {
      Client: ClientWithErrorListener,
      ssl: address.tls,
      sslnegotiation: address.tlsAtOnce ? 'direct' : 'postgres',
      channelBinding: address.channelBinding,
      ...(options && { options }),
      keepAlive: true,
      statement_timeout: database.statementTimeoutMs,
      query_timeout: database.statementTimeoutMs + NETWORK_MS, // where no answer comes at all
      idle_in_transaction_session_timeout: LONGEST_IDLE_TRANSACTION_MS,
    },
  };
}

const READ_ONLY = '-c default_transaction_read_only=on';

/** PostgreSQL itself refuses a write on these connections. */
export const readOnly = (options: PostgresOptions): PostgresOptions => ({
  ...options,
  extra: { ...options.extra, options: [options.extra?.options, READ_ONLY].filter(Boolean).join(' ') },
});

export const writable = ({ extra, ...options }: PostgresOptions): PostgresOptions => ({
  ...options,
  extra: { ...extra, options: extra?.options?.replace(READ_ONLY, '').trim() },
});

/** For a connection outside the pools. */
export const clientConfig = ({ extra, ...options }: PostgresOptions): ClientConfig => ({
  ...(extra as ClientConfig),
  ...(options.host && { host: options.host }),
  ...(options.port && { port: options.port }),
  ...(options.username && { user: options.username }),
  ...(options.password && { password: options.password }),
  ...(options.database && { database: options.database }),
  connectionTimeoutMillis: options.connectTimeoutMS,
});

export function openPool(options: PostgresOptions): Promise<DataSource> {
  const source = new DataSource(options);
  const driver = source.driver as PostgresDriver;
  driver.createQueryRunner = (mode) => new PooledQueryRunner(driver, mode);
  return source.initialize();
}
