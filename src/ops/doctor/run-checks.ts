import { maskSecrets } from '../../config/mask-secrets.js';
import { withTimeout } from '../../time/with-timeout.js';
import { type Check, fault, type Finding, NotCheckedError, type Outcome, warning } from './finding.js';

/** How long one check may take, ms: longer than a call to Stripe with its retries. */
const LIMIT_MS = 20_000;

/** Runs all checks at once; none hides another, whatever becomes of it. Findings are in the order of the checks. */
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
      ? warning(`not checked: ${missing.join(' and ')} cannot be used`, 'Mend the settings first')
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
