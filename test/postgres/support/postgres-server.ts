import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/ports.js';

const SCRIPT = join(import.meta.dirname, '../../../scripts/postgres.mjs');

/** A PostgreSQL of a test's own, to be restarted and killed. Its data reach the disk, as they would. */
export class PostgresServer {
  url = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'nsb-postgres-'));
  private child: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const options = JSON.stringify({ folder: this.folder, port: this.port });
    this.child = spawn(process.execPath, [SCRIPT, options], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [address] = (await once(this.child.stdout ?? this.child, 'data')) as [Buffer];
    this.url = address.toString().trim();
  }

  /** Ends every connection, and then the server: `pg_ctl stop -m fast`. */
  async stop(): Promise<void> {
    this.child?.stdin?.end();
    await this.ended();
  }

  /** As when its machine fails: no goodbye, and recovery at the next start. */
  async kill(): Promise<void> {
    const [pid] = readFileSync(join(this.folder, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGQUIT'); // an immediate shutdown; after a SIGKILL its children would hold on to the folder
    this.child?.stdin?.end();
    await this.ended();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ended(): Promise<void> {
    if (this.child && this.child.exitCode === null) await once(this.child, 'exit');
  }
}
