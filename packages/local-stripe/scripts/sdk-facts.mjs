// Writes generated/stripe-sdk.json, what the official SDK's types know, for the package that runs without the SDK.
// With --check: exit status 1 where the file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSdk } from './sdk-types.mjs';

const FILE = join(import.meta.dirname, '..', 'generated', 'stripe-sdk.json');

/** JSON with one line for each entry, so that a new version of the SDK can be read as a diff. */
function linesOf(facts) {
  const parts = Object.entries(facts).map(([name, value]) => {
    if (typeof value !== 'object') return `"${name}": ${JSON.stringify(value)}`;
    const entries = Object.entries(value).map(([key, entry]) =>
      Array.isArray(value) ? JSON.stringify(entry) : `${JSON.stringify(key)}: ${JSON.stringify(entry)}`,
    );
    return Array.isArray(value) ? `"${name}": [\n${entries.join(',\n')}\n]` : `"${name}": {\n${entries.join(',\n')}\n}`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}

const wanted = linesOf(readSdk());
if (!process.argv.includes('--check')) writeFileSync(FILE, wanted);
else if (readFileSync(FILE, 'utf8') !== wanted) {
  console.error(`${FILE} is not what the SDK's types say: run node packages/local-stripe/scripts/sdk-facts.mjs`);
  process.exitCode = 1;
}
