import type { Answer } from './client.js';
import { type Bindings, isPlaceholder } from './placeholders.js';
import type { RecordedCall, RecordedValue, Shape } from './recordings.js';

/** What differs from the recording in one respect. */
export interface Difference {
  what: 'status' | 'error' | 'amount' | 'value' | 'time' | 'id' | 'shape';
  /** Path in the answer, or the field of the error. */
  path: string;
  expected: string;
  got: string;
}

/** Times may differ by this, since the replay is not paced to the second. */
const TIME_TOLERANCE_S = 60;

const TIME =
  /(^|\.)(created|updated|available_on|arrival_date|billing_cycle_anchor|due_by|due_date|effective_at|start_date|.*_at|.*_start|.*_end|start|end|capture_before|trial_.*|period\.\w+)$/;
const AMOUNT =
  /(^|[._])(amount|amounts?_\w+|unit_amount|subtotal|subtotal_\w+|total|total_\w+|balance|starting_balance|ending_balance|net|percent_off)$/;

/** The kind of a recorded value, by which it is compared and counted. */
export function kindOf(path: string, value: RecordedValue): 'amount' | 'value' | 'time' | 'id' {
  if (isPlaceholder(value)) return 'id';
  if (typeof value !== 'number') return 'value';
  if (value > 1_000_000_000 && TIME.test(path)) return 'time';
  return AMOUNT.test(path) ? 'amount' : 'value';
}

/** The value at a path with indices; `data#` is a list's length. */
export function valueAt(body: unknown, path: string): unknown {
  if (path.endsWith('#')) {
    const list = valueAt(body, path.slice(0, -1));
    return Array.isArray(list) ? list.length : undefined;
  }
  const steps = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return steps.reduce<unknown>(
    (node, step) => (typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[step] : undefined),
    body,
  );
}

/** Binds free placeholders by their path and compares all values. */
export function compareValues(recorded: RecordedCall, body: unknown, bindings: Bindings): Difference[] {
  return Object.entries(recorded.values).flatMap(([path, value]) => {
    const got = valueAt(body, path);
    const what = kindOf(path, value);
    if (isPlaceholder(value)) {
      const bound = bindings.get(value);
      if (bound === undefined && typeof got === 'string') bindings.bind(value, got);
      const same = typeof got === 'string' && (bound === undefined || bound === got);
      return same ? [] : [{ what, path, expected: `${String(value)} ${bound ?? ''}`, got: shown(got) }];
    }
    const expected = typeof value === 'string' ? String(value).replace(/^=/, '') : value;
    const same =
      what === 'time'
        ? typeof got === 'number' && Math.abs(got - Number(expected)) <= TIME_TOLERANCE_S
        : got === expected;
    return same ? [] : [{ what, path, expected: String(expected), got: shown(got) }];
  });
}

export function compareError({ error }: RecordedCall, body: Answer['body']): Difference[] {
  if (!error) return [];
  const got = (body?.['error'] ?? {}) as Record<string, unknown>;
  return (['type', 'code', 'param', 'decline_code'] as const).flatMap((field) => {
    const expected = error[field] ?? null;
    const answered = got[field] ?? null;
    return expected === answered
      ? []
      : [{ what: 'error' as const, path: field, expected: shown(expected), got: shown(answered) }];
  });
}

/** Every path of the recorded shape must be there, with one of its types; null only where null was. */
export function compareShape(shape: Shape, body: unknown): Difference[] {
  const paths = Object.keys(shape);
  return Object.entries(shape).flatMap(([path, types]) => {
    const allowed = new Set(types.split('|').flatMap((type) => (type === 'number' ? ['number', 'integer'] : [type])));
    // An object is only shown by its fields: where entries of a list differ, some have it and others null.
    if (paths.some((other) => other.startsWith(`${path}.`))) allowed.add('object');
    const nodes = nodesAt(body, path);
    const wrong = nodes.length === 0 ? 'nothing' : nodes.map(typeOf).find((type) => !allowed.has(type));
    return wrong === undefined ? [] : [{ what: 'shape', path, expected: types, got: wrong }];
  });
}

/** All nodes at a path whose `[]` stands for every element. */
function nodesAt(body: unknown, path: string): unknown[] {
  return path
    .replaceAll('[]', '.[]')
    .split('.')
    .reduce<unknown[]>(
      (nodes, step) =>
        nodes.flatMap((node) => {
          if (step === '[]') return Array.isArray(node) ? node : [];
          return isNode(node) && Object.hasOwn(node, step) ? [node[step]] : [];
        }),
      [body],
    );
}

const isNode = (node: unknown): node is Record<string, unknown> => typeof node === 'object' && node !== null;

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing'));
