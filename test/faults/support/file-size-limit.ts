import { spawnSync } from 'node:child_process';

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
