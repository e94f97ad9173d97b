import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { disputeFacts, paymentFacts } from '../../../test/support/payment-facts.js';
import type { DisputeStatus } from './dispute-state.js';
import {
  type MoneyFacts,
  NO_MONEY_FACTS,
  type PaymentFacts,
  type PaymentStatus,
  type RefundStatus,
} from './payment-facts.js';
import { derivePaymentState } from './payment-status.js';

const DOCS = join(import.meta.dirname, '../../../docs/payments.md');
const AMOUNT = 1_000;
const then = new Date(1_795_000_000_000);

interface World {
  facts: PaymentFacts;
  refunds: readonly { amount: number; status: RefundStatus }[];
  dispute?: { status: DisputeStatus; amount: number };
  /** Manual capture. */
  capture?: { authorizedAt: Date } & Partial<Pick<MoneyFacts, 'capturedAt' | 'capturedAmount' | 'canceledAt'>>;
}

const BEGINNING: World = {
  facts: paymentFacts({ amount: AMOUNT }),
  refunds: [],
};

const statusOf = ({ facts, refunds, dispute, capture }: World): PaymentStatus => {
  const disputes = dispute ? [disputeFacts(dispute)] : [];
  return derivePaymentState(facts, { ...NO_MONEY_FACTS, refunds, disputes, ...capture }).status;
};

/** All that can come next, in the order of things. */
function nextOf(world: World): World[] {
  const { facts, refunds, dispute, capture } = world;
  const moment = (name: 'processingAt' | 'settledAt' | 'failedAt' | 'expiredAt'): World => ({
    ...world,
    facts: { ...facts, [name]: then },
  });
  if (facts.failedAt || facts.expiredAt || capture?.canceledAt) return [];
  if (capture && !capture.capturedAt)
    return [
      { ...world, capture: { ...capture, capturedAt: then, capturedAmount: AMOUNT } },
      { ...world, capture: { ...capture, canceledAt: then } },
    ];
  if (!facts.settledAt && !capture && facts.processingAt) return [moment('settledAt'), moment('failedAt')];
  if (!facts.settledAt && !capture)
    return [
      moment('processingAt'),
      moment('settledAt'),
      moment('failedAt'),
      moment('expiredAt'),
      { ...moment('processingAt'), capture: { authorizedAt: then } },
    ];

  const left = refunds.reduce((rest, { amount, status }) => (status === 'failed' ? rest : rest - amount), AMOUNT);
  const refund = (amount: number): World => ({ ...world, refunds: [...refunds, { amount, status: 'succeeded' }] });
  const fails = (nth: number): World => ({
    ...world,
    refunds: refunds.map((one, at) => (at === nth ? { ...one, status: 'failed' } : one)),
  });
  const isDisputed = dispute !== undefined && dispute.status !== 'won' && dispute.amount === AMOUNT;
  const disputed = (status: DisputeStatus, amount: number): World => ({ ...world, dispute: { status, amount } });
  return [
    ...(isDisputed || refunds.length === 2 || left === 0 ? [] : [refund(left), refund(left >> 1)]),
    ...refunds.flatMap(({ status }, nth) => (status === 'succeeded' ? [fails(nth)] : [])),
    ...(dispute ? [] : [disputed('needs_response', AMOUNT), disputed('needs_response', AMOUNT >> 1)]),
    ...(dispute?.status === 'needs_response'
      ? [disputed('won', dispute.amount), disputed('lost', dispute.amount)]
      : []),
  ];
}

/** Every change of status that can come about. */
function changesOfTheCode(): Set<string> {
  const changes = new Set([`[*] --> ${statusOf(BEGINNING)}`]);
  const seen = new Set<string>();
  const waiting = [BEGINNING];
  for (let world = waiting.pop(); world; world = waiting.pop()) {
    for (const next of nextOf(world)) {
      const [from, to] = [statusOf(world), statusOf(next)];
      if (from !== to) changes.add(`${from} --> ${to}`);
      const name = JSON.stringify(next);
      if (!seen.has(name)) waiting.push(next);
      seen.add(name);
    }
  }
  return changes;
}

it('the diagram in docs/payments.md shows the changes of status that the code makes, and no others', () => {
  const [, diagram = ''] = /```mermaid\n([\s\S]*?)```/.exec(readFileSync(DOCS, 'utf8')) ?? [];
  const shown = [...diagram.matchAll(/^ *(\S+ --> \S+):/gm)].map(([, change]) => change);
  expect(shown.toSorted()).toEqual([...changesOfTheCode()].toSorted());
});
