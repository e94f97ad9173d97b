import type { Duplex } from 'node:stream';
import type { ClientConfig } from 'pg';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresConnectionOptions } from 'typeorm/driver/postgres/PostgresConnectionOptions.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Env } from '../../config/env.js';
import type { PostgresAddress } from '../../config/postgres-address.js';
import { TYPEORM_OPTIONS } from '../typeorm/options.js';
import { PooledQueryRunner } from '../typeorm/pooled-query-runner.js';

export interface ClientWithErrorListenerConfig extends pg.ClientConfig {
  /** Defaults to `disable`. */
  channelBinding?: PostgresAddress['channelBinding'];
}

/**
 * A connection whose loss never ends the process. Node ends a process for an `error` event without a listener. The pool listens while
 * a connection is idle, and TypeORM while it is used, but an error in the same packet as the last answer comes between the two
 * (https://github.com/brianc/node-postgres/issues/2439). A query under way rejects all the same.
 */
export class ClientWithErrorListener extends pg.Client {
  constructor(config: ClientWithErrorListenerConfig = {}) {
    super(config); // not a copy: the pool makes the password non-enumerable, so a copy has none
    const { channelBinding = 'disable' } = config;
    Object.assign(this, { enableChannelBinding: channelBinding !== 'disable' });
    this.on('error', () => undefined);
    if (channelBinding === 'require') requireChannelBinding(this);
  }
}

/** The driver's protocol layer, which its types leave out. */
interface Wire {
  stream: Duplex;
  on(event: string, listener: (message: { mechanisms?: string[] }) => void): void;
}

/** The driver uses channel binding where the server offers it. Where it is required, a server that does not gets no password. */
function requireChannelBinding(client: pg.Client): void {
  const { connection: wire } = client as unknown as { connection: Wire };
  let offered = false;
  const refuse = () =>
    wire.stream.destroy(new Error('The address says channel_binding=require, and the server offers none'));
  wire.on('authenticationSASL', ({ mechanisms = [] }) => {
    offered = mechanisms.includes('SCRAM-SHA-256-PLUS');
    if (!offered) refuse();
  });
  for (const other of ['authenticationCleartextPassword', 'authenticationMD5Password', 'authenticationOk'])
    wire.on(other, () => offered || refuse());
}

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
