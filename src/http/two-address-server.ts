import { Server } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';

/** An address that this machine does not have, as ::1 where IPv6 is off. */
const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** An HTTP server that can listen on a second address. */
export class TwoAddressServer extends Server {
  private second: NetServer | undefined;

  /** Serves what connects to the same port of `host` as well; does nothing where this machine has no such address. */
  async listenAlso(host: string): Promise<void> {
    const { port } = this.address() as AddressInfo;
    const second = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.emit('connection', socket));
    try {
      await new Promise<void>((resolve, reject) => second.once('error', reject).listen(port, host, resolve));
      this.second = second;
    } catch (error) {
      if (!NO_SUCH_ADDRESS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  /** Both addresses take no more connections; `done` is called when the requests of both are answered. */
  override close(done?: (error?: Error) => void): this {
    const { second } = this;
    if (!second) return super.close(done);
    const secondIsClosed = new Promise((resolve) => second.close(resolve));
    return super.close((error) => void secondIsClosed.then(() => done?.(error)));
  }
}
