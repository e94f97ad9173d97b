// npm test: every part, or those that are named: `npm test -- unit e2e`. Words that name no part go on to Jest.
import { built } from './built.mjs';
import { findChromium } from './chromium.mjs';
import { installed, runTool } from './installed.mjs';

const PARTS = ['unit', 'e2e', 'faults', 'browser'];
const given = process.argv.slice(2);
const named = given.filter((word) => PARTS.includes(word));
const forJest = given.filter((word) => !PARTS.includes(word));

installed();
built(); // some tests run the app as it is deployed

const parts = (named.length > 0 ? named : PARTS).filter(canRun);
const seed = process.env.SEED || String(Math.floor(Math.random() * 2 ** 31));
console.error(`Seed of the random tests: ${seed} (SEED=${seed} npm test goes by it again)`);
runTool('jest', [...forJest, '--selectProjects', ...parts], {
  env: {
    ...process.env,
    SEED: seed,
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--no-warnings'].join(' '),
  },
});

/** A part that was asked for by name must run; one that was not may be left out, and then it is said why. */
function canRun(part) {
  if (part !== 'browser' || findChromium()) return true;
  const why = 'no Chromium was found: install one (Debian: apt-get install chromium) or set CHROMIUM_PATH';
  if (named.includes('browser') || process.env.REQUIRE_BROWSER_TESTS === 'true') {
    console.error(`The browser tests cannot run: ${why}`);
    process.exit(1);
  }
  console.error(`The browser tests are left out: ${why}`);
  return false;
}
