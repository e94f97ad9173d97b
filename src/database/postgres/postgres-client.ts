import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { PostgresAddress } from '../../config/postgres-address.js';

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
