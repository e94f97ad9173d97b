import pg from 'pg';

/**
 * A connection whose loss never ends the process. The pool listens for errors while a connection is idle, and TypeORM while
 * it is used; one that comes in the same packet as the answer that frees it falls between the two, and Node ends a process
 * for an error that nobody listens for. Whoever uses the connection is told by their query all the same.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
