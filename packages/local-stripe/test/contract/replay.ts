import { call, CONNECTED_ACCOUNT, type Answer } from './client.js';
import { compareError, compareShape, compareValues, type Difference } from './compare.js';
import { showsUnknown } from './needs/earlier.js';
import { makeNeeds } from './needs/needs.js';
import { isOfOtherAccount } from './needs/other-account.js';
import { Bindings } from './placeholders.js';
import { type RecordedCall, type Scenario, type Shape, versionOf } from './recordings.js';

/** A sandbox of its own for one scenario. */
export interface ReplayedServer {
  url: string;
  moveClock(byMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts an empty server whose clock stands at this time. */
export type StartServer = (atMs: number) => Promise<ReplayedServer>;

export type StartSandbox = (options: {
  port: number;
  stateFile: string;
  now: Date;
  log: (line: string) => void;
}) => Promise<ReplayedServer>;

/** A sandbox in this process, in memory, for each scenario. */
export const inProcess =
  (startSandbox: StartSandbox, log: (line: string) => void = () => undefined): StartServer =>
  (atMs) =>
    startSandbox({ port: 0, stateFile: ':memory:', now: new Date(atMs), log });

export interface ReplayedCall {
  recorded: RecordedCall;
  answer: Answer;
  differences: Difference[];
  /** Whether it shows what was there before and cannot be made, or is of another account: nothing can be compared. */
  unknown: boolean;
}

export interface Replay {
  scenario: Scenario;
  /** Needs that could not be made; with any, the scenario is not counted. */
  missing: string[];
  calls: ReplayedCall[];
}

export async function replayAll(
  scenarios: Scenario[],
  start: StartServer,
  shapes: Map<string, Shape>,
): Promise<Replay[]> {
  const replays: Replay[] = [];
  for (const scenario of scenarios) replays.push(await replay(scenario, start, shapes));
  return replays;
}

async function replay(scenario: Scenario, start: StartServer, shapes: Map<string, Shape>): Promise<Replay> {
  const startedAtMs = Date.now();
  const atMs = Date.parse(scenario.at);
  const server = await start(atMs);
  try {
    const bindings = new Bindings();
    const { missing, makeFor } = await makeNeeds(server.url, scenario, shapes, bindings);
    const calls: ReplayedCall[] = [];
    let aheadMs = 0;
    for (const recorded of scenario.calls) {
      const waitMs = (recorded.t ?? 0) * 1000 - (Date.now() - startedAtMs) - aheadMs;
      if (waitMs > 0) {
        await server.moveClock(waitMs);
        aheadMs += waitMs;
      }
      await makeFor(recorded);
      const unknown =
        showsUnknown(recorded, scenario, (name) => bindings.get(name) !== undefined) ||
        isOfOtherAccount(recorded, scenario);
      const answer = await make(server.url, recorded, scenario, bindings);
      const differences = unknown ? [] : differencesOf(recorded, answer, bindings, shapes);
      calls.push({ recorded, answer, differences, unknown });
    }
    return { scenario, missing: [...missing].filter((name) => bindings.get(name) === undefined), calls };
  } finally {
    await server.close();
  }
}

function make(url: string, recorded: RecordedCall, { calls }: Scenario, bindings: Bindings): Promise<Answer> {
  const { method, path, params, on_account } = recorded;
  const replayed = calls.some((other) => other.idempotent_replayed && sameRequest(other, recorded));
  return call(url, method, bindings.resolve(path), bindings.resolveAll(withNumbers(params)), {
    'stripe-version': versionOf(recorded),
    ...(on_account === true && { 'stripe-account': CONNECTED_ACCOUNT }),
    ...(replayed && {
      'idempotency-key': JSON.stringify([path, params])
        .replaceAll(/[^ -~]/g, '')
        .slice(0, 200),
    }),
  });
}

/** Card numbers that the recording hides; others are test numbers. */
const withNumbers = (params: RecordedCall['params']): RecordedCall['params'] =>
  Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      key,
      key.endsWith('[number]') && value === 'text' ? '4242424242424242' : value,
    ]),
  );

const sameRequest = (a: RecordedCall, b: RecordedCall): boolean =>
  a.path === b.path && JSON.stringify(a.params) === JSON.stringify(b.params);

function differencesOf(
  recorded: RecordedCall,
  { status, body }: Answer,
  bindings: Bindings,
  shapes: Map<string, Shape>,
): Difference[] {
  // What was recorded of a refusal is what its `error` has.
  const answered = recorded.error ? body?.['error'] : body;
  const shape = recorded.shape === undefined ? undefined : shapes.get(recorded.shape);
  return [
    ...(status === recorded.status
      ? []
      : [{ what: 'status' as const, path: '', expected: String(recorded.status), got: String(status) }]),
    ...compareError(recorded, body),
    ...compareValues(recorded, answered, bindings),
    ...(shape ? compareShape(shape, answered) : []),
  ];
}
