import { compareFields } from './fields.js';
import { reasonFor } from './on-purpose.js';
import { scenarios, shapes } from './recordings.js';
import { inProcess, replayAll, type Replay, type ReplayedCall, type StartSandbox } from './replay.js';
import { summarize, table } from './summary.js';

/** The command line of `run.mjs`. */
export async function main(sandbox: string, args: string[]): Promise<void> {
  const { startSandbox } = (await import(sandbox)) as { startSandbox: StartSandbox };
  const start = inProcess(startSandbox, (line) => console.log(line));
  const named = args.filter((arg) => /^\w+-\d+$/.test(arg));
  const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
  const known = shapes();
  const wanted = scenarios().filter(
    ({ id, file }) => (named.length === 0 || named.includes(id)) && (only === undefined || file === only),
  );
  const replays = await replayAll(wanted, start, known);
  if (args.includes('--first')) return printFirst(replays);
  const kinds = args.indexOf('--kinds');
  if (kinds >= 0) return printKinds(replays, args[kinds + 1], args[kinds + 2]);
  if (args.includes('--fields')) return printFields(replays, args[args.indexOf('--fields') + 1]);
  if (named.length > 0) for (const each of replays) printAll(each);
  else printMissing(replays);
  console.log(table(summarize(replays)));
}

function printAll({ scenario, missing, calls }: Replay): void {
  console.log(`\n${scenario.id} ${scenario.at} ${scenario.source}`);
  if (missing.length > 0) console.log(`  cannot be made: ${missing.join(', ')}`);
  for (const call of calls) {
    const { recorded, answer, differences } = call;
    console.log(`  ${recorded.n} ${recorded.api_version} ${recorded.method} ${recorded.path} ${describe(call)}`);
    console.log(`      ${JSON.stringify(recorded.params)}`);
    if (answer.status >= 400) console.log(`      answered ${answer.status} ${messageOf(call)}`);
    for (const difference of differences) {
      const { what, path, expected, got } = difference;
      const reason = reasonFor(recorded, difference);
      console.log(`      ${what} ${path}: ${expected}, not ${got}${reason === undefined ? '' : ' (on purpose)'}`);
    }
  }
}

const describe = ({ recorded: { status, error } }: ReplayedCall): string =>
  error ? `${status} ${[error.type, error.code, error.param].join(' ')}` : String(status);

const messageOf = ({ answer }: ReplayedCall): string =>
  JSON.stringify((answer.body?.['error'] as { message?: string; code?: string } | undefined)?.message ?? answer.body);

function printMissing(replays: Replay[]): void {
  const skipped = replays.filter(({ missing }) => missing.length > 0);
  console.log(`${replays.length} scenarios, of which ${skipped.length} need what cannot be made:`);
  console.log(skipped.map(({ scenario, missing }) => `${scenario.id} ${missing.join(' ')}`).join('; '));
  const unknown = replays
    .filter(({ missing }) => missing.length === 0)
    .flatMap(({ scenario, calls }) =>
      calls.filter((call) => call.unknown).map(({ recorded }) => `${scenario.id}.${recorded.n}`),
    );
  console.log(`${unknown.length} calls show what was there before, or are of another account: ${unknown.join(' ')}`);
}

function printFirst(replays: Replay[]): void {
  for (const { scenario, missing, calls } of replays) {
    const wrong = calls.find(({ differences }) =>
      differences.some(({ what }) => what === 'status' || what === 'error'),
    );
    if (!wrong || missing.length > 0) continue;
    const { recorded, answer } = wrong;
    console.log(
      `${scenario.id}.${recorded.n}/${calls.length} ${recorded.api_version} ${recorded.method} ${recorded.path}: ` +
        `${describe(wrong)}, not ${answer.status} ${messageOf(wrong)}`,
    );
  }
}

/** `--kinds [what] [new|old]`. */
function printKinds(replays: Replay[], wanted = '', age = ''): void {
  const counts = new Map<string, { count: number; where: Set<string> }>();
  for (const { scenario, missing, calls } of replays) {
    if (missing.length > 0) continue;
    for (const { recorded, answer, differences } of calls) {
      if (age !== '' && (age === 'new') !== recorded.api_version >= '2025-03-31') continue;
      if (answer.status !== recorded.status && wanted !== 'status') continue;
      const kind = `${recorded.method} ${recorded.path.replaceAll(/\{[a-z]+_\d+\}/g, '{}')}`;
      for (const difference of differences) {
        const { what, path, expected, got } = difference;
        if ((wanted !== '' && what !== wanted) || reasonFor(recorded, difference) !== undefined) continue;
        const line = `${what} ${kind} ${path.replaceAll(/\[\d+\]/g, '[]')}: ${expected}, not ${got}`;
        const entry = counts.get(line) ?? { count: 0, where: new Set() };
        entry.count += 1;
        entry.where.add(`${scenario.id}.${recorded.n}`);
        counts.set(line, entry);
      }
    }
  }
  for (const [line, { count, where }] of [...counts].toSorted((a, b) => b[1].count - a[1].count)) {
    console.log(`${String(count).padStart(4)} ${line}  ${[...where].slice(0, 3).join(' ')}`);
  }
}

/** `--fields [new|old]`: what each kind of object lacks of the fields that it always had. */
function printFields(replays: Replay[], age = ''): void {
  const counts = new Map<string, { count: number; where: string }>();
  for (const { kind, version, path, expected, got, where } of compareFields(replays)) {
    if (age !== '' && (age === 'new') !== version >= '2025-03-31') continue;
    const line = `${kind} ${path}: ${expected}, not ${got}`;
    const { count = 0 } = counts.get(line) ?? {};
    counts.set(line, { count: count + 1, where: `${version} ${where}` });
  }
  for (const [line, { count, where }] of [...counts].toSorted(([a], [b]) => a.localeCompare(b))) {
    console.log(`${String(count).padStart(4)} ${line}  ${where}`);
  }
}
