import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * The test files that take longest, the longest first. They are started before all others, so that none of them runs alone at the
 * end while the other cores have nothing to do. Jest has the durations of earlier runs for that; a clean clone has none, and there
 * it goes by the size of the files, by which the contract suite comes last.
 */
const LONGEST = [
  'packages/local-stripe/test/contract/contract.e2e-spec.ts',
  'test/browser/sandbox-audit.browser-spec.ts',
  'packages/local-stripe/test/subscription-scenarios.e2e-spec.ts',
  'packages/local-stripe/test/cli-triggers.e2e-spec.ts',
  'test/year/postgres.faults-spec.ts',
  'test/year/sqlite.faults-spec.ts',
  'test/browser/every-page.browser-spec.ts',
  'test/e2e/boot.e2e-spec.ts',
  'test/faults/checkout-crash.faults-spec.ts',
  'test/browser/billing-pages.browser-spec.ts',
  'test/browser/custom-domain.browser-spec.ts',
  'test/browser/sandbox-page.browser-spec.ts',
  'test/postgres/faults/takeover.postgres-spec.ts',
  'test/e2e/handling.e2e-spec.ts',
  'test/faults/refund-crash.faults-spec.ts',
  'test/faults/failing-handler.faults-spec.ts',
  'src/payments/store/payment-scenarios.spec.ts',
  'test/faults/sigterm.faults-spec.ts',
  'packages/local-stripe/test/command.e2e-spec.ts',
  'test/e2e/nest-resource.e2e-spec.ts',
  'test/postgres/move.postgres-spec.ts',
  'test/browser/checkout.browser-spec.ts',
  'test/e2e/stripe-cli.e2e-spec.ts',
  'test/browser/restart.browser-spec.ts',
  'test/e2e/rate-limits.e2e-spec.ts',
  'test/browser/sandbox-apart.browser-spec.ts',
];
const missing = LONGEST.filter((path) => !existsSync(join(ROOT, path)));
if (missing.length > 0)
  throw new Error(`No such test: ${missing.join(', ')}. Correct the list in ${import.meta.filename}.`);

export default class LongestFirst extends TestSequencer {
  /** Files that failed in the last run stay first, as Jest has it. */
  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- Jest's own, of tests
    const inJestsOrder = super.sort(tests);
    const failed = (test) => Number(this.hasFailed(test));
    return inJestsOrder.toSorted((a, b) => failed(b) - failed(a) || rank(a) - rank(b));
  }
}

function rank({ path }) {
  const place = LONGEST.indexOf(relative(ROOT, path).replaceAll('\\', '/'));
  return place < 0 ? LONGEST.length : place;
}
