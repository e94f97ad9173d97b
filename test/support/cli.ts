import { execFile } from 'node:child_process';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../../dist/cli/main.js');

export interface CliAnswer {
  status: number;
  out: string;
  err: string;
}

/** Runs a command of the built command line with these settings. */
export function runCli(settings: Record<string, string>, args: readonly string[]): Promise<CliAnswer> {
  const env = { PATH: process.env.PATH, ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** The document that a command prints. */
export const cliJson = async (settings: Record<string, string>, ...args: string[]) =>
  JSON.parse((await runCli(settings, [...args, '--json'])).out);
