// npm test: every part, or those that are named: `npm test -- unit e2e`. Words that name no part go on to Jest.
import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { built } from './built.mjs';
import { findChromium } from './chromium.mjs';
import { installed, runTool } from './installed.mjs';
import { serverForTests } from './postgres-for-tests.mjs';

const PARTS = ['unit', 'e2e', 'postgres', 'faults', 'browser'];
/** Parts that need a PostgreSQL: all of it, or some of its tests. */
const ON_POSTGRES = ['postgres', 'faults'];
/** Why a part cannot run here, if it cannot. */
const reasonAgainst = {
  postgres: () => postgres.missing,
  browser: () =>
    findChromium()
      ? undefined
      : 'no Chromium was found: install one (Debian: apt-get install chromium) or set CHROMIUM_PATH',
};
/** A disk in memory, as Linux has it, and what must be free of it and of all memory, bytes. The tests need some 100 MB. */
const MEMORY_DISK = '/dev/shm';
const ENOUGH = 2 * 2 ** 30;
const given = process.argv.slice(2);
const named = given.filter((word) => PARTS.includes(word));
const forJest = given.filter((word) => !PARTS.includes(word));

await installed();
useMemoryDisk();

const asked = named.length > 0 ? named : PARTS;
if (asked.some((part) => part !== 'unit')) await built(); // some tests run the app as it is deployed
const postgres = asked.some((part) => ON_POSTGRES.includes(part)) ? await serverForTests() : {};
const parts = asked.filter(canRun);
const seed = process.env.SEED || String(Math.floor(Math.random() * 2 ** 31));
console.error(`Seed of the random tests: ${seed} (SEED=${seed} npm test goes by it again)`);
if (process.env.MISBEHAVE) console.error(`The local Stripe misbehaves, by the seed ${process.env.MISBEHAVE}`);
await runTool('jest', [...forJest, '--selectProjects', ...parts], {
  env: {
    ...process.env,
    SEED: seed,
    ...(postgres.url && { POSTGRES_SERVER: postgres.url }),
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--no-warnings'].join(' '),
  },
});

/** A part that was asked for by name must run; one that was not may be left out, and then it is said why. */
function canRun(part) {
  const why = reasonAgainst[part]?.();
  if (!why) return true;
  if (named.includes(part) || process.env[`REQUIRE_${part.toUpperCase()}_TESTS`] === 'true') {
    console.error(`The ${part} tests cannot run: ${why}`);
    process.exit(1);
  }
  console.error(`The ${part} tests are left out: ${why}`);
  return false;
}

/**
 * The databases of the tests, and of the PostgreSQL that is started for them, do not outlive the run: where there is room, they are
 * kept in memory, and no test waits for the disk at each of its commits.
 */
function useMemoryDisk() {
  if (process.env.TMPDIR || process.platform !== 'linux') return;
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    if (Math.min(bavail * bsize, freemem()) < ENOUGH) return;
    process.env.TMPDIR = mkdtempSync(join(MEMORY_DISK, 'nsb-tests-'));
    chmodSync(process.env.TMPDIR, 0o1777); // as /tmp: PostgreSQL runs as a user of its own
    process.on('exit', () => rmSync(process.env.TMPDIR, { recursive: true, force: true, maxRetries: 5 }));
  } catch {} // there is none, or this user may not write there
}
