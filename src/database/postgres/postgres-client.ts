import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { PostgresAddress } from '../../config/postgres-address.js';

export interface ClientWithErrorListenerConfig extends pg.ClientConfig {
  /** Defaults to `disable`. */
  channelBinding?: PostgresAddress['channelBinding'];
}

/**
 * A connection whose loss never ends the process. The pool listens for errors while a connection is idle, and TypeORM while
 * it is used; one that comes in the same packet as the answer that frees it falls between the two, and Node ends a process
 * for an error that nobody listens for. Whoever uses the connection is told by their query all the same.
 */
export class ClientWithErrorListener extends pg.Client {
  constructor(config: ClientWithErrorListenerConfig = {}) {
    super(config); // as it is: a copy has no password, which the pool hides from copies
    const { channelBinding = 'disable' } = config;
    Object.assign(this, { enableChannelBinding: channelBinding !== 'disable' });
    this.on('error', () => undefined);
    if (channelBinding === 'require') requireChannelBinding(this);
  }
}

/** What the driver speaks the protocol through; its types leave it out. */
interface Wire {
  stream: Duplex;
  on(event: string, listener: (message: { mechanisms?: string[] }) => void): void;
}

/** The driver binds where the server offers it. Where that is required, no other server gets an answer to its question for the password. */
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
