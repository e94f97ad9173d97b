import type { Command } from 'commander';
import { loadEnvDespiteFaults } from '../config/load-env.js';
import { diagnose, type Diagnosis } from '../ops/doctor/doctor.js';
import { Reconcile, type Reconciled } from '../payments/reconcile/reconcile.service.js';
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

/** `reconcile`: exits with 1 while differences remain. */
export function addReconcileCommand(program: Command): void {
  withJson(program.command('reconcile').description('compare what Stripe has with the rows, for when events were lost'))
    .option('--since <age>', 'what happened since then: 24h, 3d', ageFrom, ageFrom('24h'))
    .option('--repair', 'bring in what differs')
    .action(async ({ json, since, repair = false }: ReconcileOptions) => {
      const [from, result] = await withApp(async (app) => {
        const start = new Date(app.get(Clock).now().getTime() - since);
        return [start, await app.get(Reconcile).run({ since: start, repair, progress: printError })] as const;
      });
      print(json, { since: from.toISOString(), ...result }, () => differenceLines(result));
      if (result.remaining > 0) process.exitCode = EXIT.failed;
    });
}

const differenceLines = ({ checked, differences, remaining }: Reconciled): string[] => [
  ...differences.map(({ kind, id, paymentId, says, fields, repaired }) => {
    const how = fields.map(({ field, here, stripe }) => `${field} is ${here} here, ${stripe} by Stripe`);
    const what = how.length > 0 ? how.join('; ') : 'not here';
    return `${kind} ${id} (${says}), payment ${paymentId ?? 'none'}: ${what}${repaired ? ' (repaired)' : ''}`;
  }),
  `${checked} checked, ${differences.length} differences, ${remaining} remain`,
];
