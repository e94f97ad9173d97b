import type { Command } from 'commander';
import { loadEnvDespiteFaults } from '../config/load-env.js';
import { diagnose, type Diagnosis } from '../ops/doctor/doctor.js';
import { Reconcile, type Reconciled } from '../payments/reconcile/reconcile.service.js';
import {
  SubscriptionReconcile,
  type SnapshotDifference,
} from '../subscriptions/reconcile/subscription-reconcile.service.js';
import {
  ageFrom,
  EXIT,
  openAppOnEmptyDatabase,
  type OutputOptions,
  print,
  printError,
  withApp,
  withJson,
} from './command.js';
import { Clock } from '../time/clock.js';

/** `doctor`: exits with 1 if something is wrong. */
export function addDoctorCommand(program: Command): void {
  withJson(
    program.command('doctor').description('look whether the shop can sell, and say what to do where not'),
  ).action(async ({ json }: OutputOptions) => {
    const diagnosis = await diagnose(loadEnvDespiteFaults(), openAppOnEmptyDatabase);
    print(json, diagnosis, () => diagnosisLines(diagnosis));
    if (diagnosis.faults > 0) process.exitCode = EXIT.failed;
  });
}

const diagnosisLines = ({ checks, faults, warnings }: Diagnosis): string[] => [
  ...checks.map(({ name, status, found, todo }) =>
    [status.padEnd(7), name.padEnd(11), todo ? `${found.replace(/\.$/, '')}. ${todo}.` : found].join('  '),
  ),
  `${faults} ${faults === 1 ? 'fault' : 'faults'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
];

interface ReconcileOptions extends OutputOptions {
  /** How long ago, ms. */
  since: number;
  repair?: boolean;
}

/** `reconcile`: exits with 1 while differences remain, and where something could not be compared. */
export function addReconcileCommand(program: Command): void {
  withJson(program.command('reconcile').description('compare what Stripe has with the rows, for when events were lost'))
    .option('--since <age>', 'what happened since then: 24h, 3d', ageFrom, ageFrom('24h'))
    .option('--repair', 'bring in what differs')
    .action(async ({ json, since, repair = false }: ReconcileOptions) => {
      const [from, result] = await withApp(async (app) => {
        const options = { since: new Date(app.get(Clock).now().getTime() - since), repair, progress: printError };
        const payments = await app.get(Reconcile).run(options);
        return [options.since, together(payments, await app.get(SubscriptionReconcile).run(options))] as const;
      });
      print(json, { since: from.toISOString(), ...result }, () => differenceLines(result));
      if (result.remaining > 0 || result.errors.length > 0) process.exitCode = EXIT.failed;
    });
}

type AnyDifference = Reconciled['differences'][number] | SnapshotDifference;

interface AllReconciled extends Pick<Reconciled, 'checked' | 'remaining' | 'errors'> {
  differences: AnyDifference[];
}

const together = (
  payments: Reconciled,
  snapshots: Omit<AllReconciled, 'differences'> & { differences: SnapshotDifference[] },
): AllReconciled => ({
  checked: payments.checked + snapshots.checked,
  differences: [...payments.differences, ...snapshots.differences],
  remaining: payments.remaining + snapshots.remaining,
  errors: [...payments.errors, ...snapshots.errors],
});

const differenceLines = ({ checked, differences, remaining, errors }: AllReconciled): string[] => [
  ...differences.map((difference) => {
    const { kind, id, paymentId, says, fields, repaired } = difference;
    const why = 'cause' in difference ? `; ${difference.cause}` : '';
    const how = fields.map(({ field, here, stripe }) => `${field} is ${here} here, ${stripe} by Stripe`);
    const isGone = 'missing' in difference && difference.missing === 'stripe';
    const what = how.length > 0 ? how.join('; ') : isGone ? 'not at Stripe' : 'not here';
    const whose = 'cause' in difference ? '' : `, payment ${paymentId ?? 'none'}`;
    return `${kind} ${id} (${says})${whose}: ${what}${why}${repaired ? ' (repaired)' : ''}`;
  }),
  ...errors.map(({ what, error }) => `${what}: not compared: ${error}`),
  `${checked} checked, ${differences.length} differences, ${remaining} remain, ${errors.length} errors`,
];
