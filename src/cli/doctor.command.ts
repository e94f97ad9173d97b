import type { Command } from 'commander';
import { loadEnvDespiteFaults } from '../config/load-env.js';
import { diagnose, type Diagnosis } from '../ops/doctor/doctor.js';
import { EXIT, print } from './print.js';
import { type OutputOptions, withJson } from './options.js';
import { openAppOnEmptyDatabase } from './with-app.js';

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
