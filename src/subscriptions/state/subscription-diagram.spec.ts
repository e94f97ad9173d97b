import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { subscriptionFacts } from '../../../test/support/subscription-facts.js';
import { deriveStatus, isLiveStatus } from './derive-plan.js';
import { SUBSCRIPTION_STATUSES } from './subscription-facts.js';

const docs = readFileSync(join(import.meta.dirname, '../../../docs/subscriptions.md'), 'utf8');
const [, diagram = ''] = /```mermaid\n([\s\S]*?)```/.exec(docs) ?? [];
const changes = [...diagram.matchAll(/^ *(\S+) --> (\S+):/gm)].map(([, from = '', to = '']) => ({ from, to }));
const ENDS = ['canceled', 'incomplete_expired'] as const;

describe('docs/subscriptions.md', () => {
  it('shows every status, and a way to it', () => {
    expect([...new Set(changes.map(({ to }) => to))].toSorted()).toEqual([...SUBSCRIPTION_STATUSES].toSorted());
  });

  it('shows no way out of an end, and the code lets no snapshot find one', () => {
    const left = new Set(changes.map(({ from }) => from));
    expect(SUBSCRIPTION_STATUSES.filter((status) => !left.has(status)).toSorted()).toEqual([...ENDS].toSorted());
    for (const endedStatus of ENDS)
      for (const stripeStatus of SUBSCRIPTION_STATUSES) {
        const endedAt = new Date(0);
        expect(deriveStatus(subscriptionFacts({ endedAt, endedStatus, stripeStatus }))).toBe(endedStatus);
      }
  });

  it('says which of them are live', () => {
    const rows = [...docs.matchAll(/^\| `(\w+)` +\| (yes|no) +\|/gm)].map(([, status, live]) => [
      status,
      live === 'yes',
    ]);
    const statuses = SUBSCRIPTION_STATUSES.map((status) => [status, isLiveStatus(status)]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(statuses));
  });
});
