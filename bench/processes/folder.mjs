import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit } from './cleanup.mjs';

const TMPFS = 0x01021994;
const ROOT = join(import.meta.dirname, '..', '..');

/** A folder for this run, removed at its end. Always on a disk, since an fsync in memory costs nothing. */
export function runFolder() {
  const parent = statfsSync(tmpdir()).type === TMPFS ? join(ROOT, 'data') : tmpdir();
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'nsb-bench-'));
  onExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Fails early rather than on a full disk. */
export function requireFreeSpace(folder, bytes) {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes)
    throw new Error(`${folder} has ${toGiB(bavail * bsize)} GiB free and this benchmark needs ${toGiB(bytes)}`);
}

const toGiB = (bytes) => (bytes / 2 ** 30).toFixed(1);
