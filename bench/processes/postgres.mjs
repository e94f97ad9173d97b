import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openDatabase } from '../data/database.mjs';
import { onExit } from './cleanup.mjs';

const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'postgres.mjs');
const LOG_MIB = 1_500;

/**
 * A PostgreSQL as it is installed: every commit reaches the disk. Not on a core of its own: it has processes enough for two. Its
 * log's files are there already, as they are on a server that has run for a while.
 */
export async function startServerOfPostgres() {
  const options = { settings: { shared_buffers: '256MB', max_wal_size: '4GB', min_wal_size: '2GB' } };
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  onExit(() => child.stdin.end());
  const [address] = await once(child.stdout, 'data');
  const server = new Server(address.toString().trim());
  await server.fillLog();
  return server;
}

class Server {
  constructor(url) {
    this.url = url;
  }

  async fillLog() {
    const mebibyte = "pg_logical_emit_message(false, '', repeat('-', 1024 * 1024))";
    await this.ask(`SELECT count(${mebibyte}) FROM generate_series(1, ${LOG_MIB})`);
    await this.checkpoint(); // files before it are used again, under the name of those to come
  }

  /** An empty database, or a copy of one that has no connections. Returns its address. */
  async create(name, template) {
    await this.ask(`CREATE DATABASE ${name}${template ? ` TEMPLATE ${template} STRATEGY file_copy` : ''}`);
    return this.addressOf(name);
  }

  drop(name) {
    return this.ask(`DROP DATABASE ${name} WITH (FORCE)`);
  }

  /** What one run left to write is not the next one's to wait for. */
  checkpoint() {
    return this.ask('CHECKPOINT');
  }

  addressOf(name) {
    const url = new URL(this.url);
    url.pathname = name;
    return url.href;
  }

  async ask(sql) {
    const database = await openDatabase(this.url);
    await database.run(sql);
    await database.close();
  }
}
