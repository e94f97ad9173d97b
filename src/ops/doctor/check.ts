import { maskSecrets } from '../../config/secrets.js';
import { withTimeout } from '../../time/calls.js';

/** The result of one check. */
export interface Finding {
  name: string;
  status: 'ok' | 'warning' | 'fault';
  found: string;
  /** What to do; null if nothing. */
  todo: string | null;
}

/** A result without the name of its check. */
export type Outcome = Omit<Finding, 'name'>;

export const ok = (found: string): Outcome => ({ status: 'ok', found, todo: null });
export const warning = (found: string, todo: string): Outcome => ({ status: 'warning', found, todo });
export const fault = (found: string, todo: string): Outcome => ({ status: 'fault', found, todo });

/** One check of the doctor. */
export interface Check {
  name: string;
  /** Settings that it uses. While one of them is wrong it is not run. */
  needs: readonly string[];
  /** A rejection becomes a fault with its message. */
  run(): Promise<Outcome | Outcome[]> | Outcome | Outcome[];
}

/** Something that the check needs is missing; another check reports it. */
export class NotCheckedError extends Error {
  constructor(
    reason: string,
    readonly todo: string,
  ) {
    super(`not checked: ${reason}`);
  }
}

/** Time limit for one check, ms: longer than a call to Stripe with its retries. */
const LIMIT_MS = 20_000;

/** Runs all checks at the same time; one that fails does not affect the others. Findings are in the order of the checks. */
export async function runChecks(
  checks: readonly Check[],
  wrongSettings: ReadonlySet<string>,
  limitMs = LIMIT_MS,
): Promise<Finding[]> {
  const found = await Promise.all(checks.map((check) => outcomesOf(check, wrongSettings, limitMs)));
  return found.flat();
}

async function outcomesOf(check: Check, wrong: ReadonlySet<string>, limitMs: number): Promise<Finding[]> {
  const { name, needs } = check;
  const missing = needs.filter((setting) => wrong.has(setting));
  const outcome =
    missing.length > 0
      ? warning(`not checked: ${missing.join(' and ')} cannot be used`, 'Correct the settings first')
      : await attempt(check, limitMs);
  return [outcome].flat().map(({ status, found, todo }) => ({
    name,
    status,
    found: maskSecrets(found),
    todo: todo && maskSecrets(todo),
  }));
}

async function attempt({ run }: Check, limitMs: number): Promise<Outcome | Outcome[]> {
  const tooLong = () => new Error(`no result after ${limitMs / 1_000} s`);
  try {
    return await withTimeout(limitMs, Promise.resolve().then(run), tooLong);
  } catch (error) {
    if (error instanceof NotCheckedError) return warning(error.message, error.todo);
    return fault(
      error instanceof Error ? error.message : String(error),
      'See what this says, and the checks beside it',
    );
  }
}
