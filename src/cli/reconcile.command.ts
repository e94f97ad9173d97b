import type { Command } from 'commander';
import { Reconcile, type Reconciled } from '../payments/reconcile/reconcile.service.js';
import { EXIT, print, printError } from './print.js';
import { agoFrom, type OutputOptions, withJson } from './options.js';
import { withApp } from './with-app.js';

interface ReconcileOptions extends OutputOptions {
  since: Date;
  repair?: boolean;
}

/** `reconcile`: exits with 1 while differences remain. */
export function addReconcileCommand(program: Command): void {
  withJson(program.command('reconcile').description('compare what Stripe has with the rows, for when events were lost'))
    .option('--since <age>', 'what happened since then: 24h, 3d', agoFrom, agoFrom('24h'))
    .option('--repair', 'bring in what differs')
    .action(async ({ json, since, repair = false }: ReconcileOptions) => {
      const result = await withApp((app) => app.get(Reconcile).run({ since, repair, progress: printError }));
      print(json, { since: since.toISOString(), ...result }, () => differenceLines(result));
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
