import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The wire to a server: while it is cut, what is sent vanishes, and there is no error. */
export class Wire {
  private cut = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly to: URL,
  ) {}

  static async to(address: string): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server, new URL(address));
    server.on('connection', (socket) => wire.carry(socket));
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return wire;
  }

  /** The same address, by way of this wire. */
  get url(): string {
    const url = new URL(this.to);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  unplug(): void {
    this.cut = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** What was under way is lost. */
  plugIn(): void {
    this.cut = false;
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private carry(near: Socket): void {
    const far = connect(Number(this.to.port), this.to.hostname);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (bytes) => !this.cut && into.write(bytes));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        into.destroy();
      });
    }
    if (this.cut) near.pause();
  }
}
