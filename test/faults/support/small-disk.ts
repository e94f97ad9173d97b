import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { AppProcess } from '../../support/app-process.js';

const MIB = 2 ** 20;
const DISK_MIB = 10;
const BALLAST_MIB = 8;
/** `$1` is the folder; what it held is still the working directory, below the mount. */
const MOUNT = 'mount -t tmpfs -o size="$0" none "$1" && cp -- *.db "$1" && shift && exec "$@"';

/**
 * A disk of a few MiB in place of the app's folder: a tmpfs in a mount namespace that the app's process has for itself.
 * SQLite does not open files in there from outside, so they are copied out.
 */
export class SmallDisk {
  private constructor(
    private readonly app: AppProcess,
    private readonly folder: string,
  ) {}

  /** Why this cannot be tried here, if it cannot. */
  static missing(): string | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'nsb-mount-'));
    const { status } = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', folder]);
    rmSync(folder, { recursive: true });
    return status === 0 ? undefined : 'this machine lets nobody mount a tmpfs in a namespace of their own';
  }

  /** Starts the app on a disk that soon is full. */
  static async startOn(app: AppProcess): Promise<SmallDisk> {
    app.through = through(app.folder);
    await app.start();
    const disk = new SmallDisk(app, join(`/proc/${app.pid}/root`, app.folder));
    await writeFile(disk.ballast, Buffer.alloc(BALLAST_MIB * MIB));
    return disk;
  }

  async makeRoom(): Promise<void> {
    await rm(this.ballast);
  }

  /** Takes the database as it is now to where the tests look for it. Frozen, the app cannot change it meanwhile. */
  async copyOut(): Promise<void> {
    const { path } = this.app.database;
    for (const end of ['-shm', '-wal']) await rm(path + end, { force: true });
    this.app.freeze();
    try {
      for (const end of ['', '-wal']) await cp(join(this.folder, basename(path) + end), path + end);
    } finally {
      this.app.thaw();
    }
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}

const through = (folder: string) => ['unshare', '-Urm', 'sh', '-c', MOUNT, `${DISK_MIB}m`, folder];

/** Lets the writes of a running process fail, as those of a broken disk do: the kernel answers EFBIG. */
export class FileSizeLimit {
  constructor(private readonly pid: number) {}

  /** Why this cannot be tried here, if it cannot. */
  static missing(): string | undefined {
    return spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'there is no prlimit (util-linux)';
  }

  /** No file may be written beyond its first page. */
  set(): void {
    this.limit('4096:');
  }

  lift(): void {
    this.limit('unlimited:');
  }

  /** The soft limit alone: only root may raise the hard one again. */
  private limit(soft: string): void {
    const { status, stderr } = spawnSync('prlimit', [`--pid=${this.pid}`, `--fsize=${soft}`]);
    if (status !== 0) throw new Error(`prlimit: ${stderr.toString()}`);
  }
}
