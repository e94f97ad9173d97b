import { unixNow } from '../model/clock.js';
import { errorInVersion, OLDER_FIELDS } from './older-answers.js';

type Node = Record<string, unknown>;

/** Fields that depend on the time of the answer, by kind. */
const CURRENT: Record<string, (node: Node) => Node> = {
  balance_transaction: ({ available_on, status }) =>
    status === 'pending' && Number(available_on) <= unixNow() ? { status: 'available' } : {},
};

/** An answer as a version of the API has it, its nested objects too: with what has become true, and what was dropped since. */
export function asAnswered<T>(value: T, version: string): T {
  if (Array.isArray(value)) return value.map((item: unknown) => asAnswered(item, version)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [name, asAnswered(inner, version)] as const);
  const node: Node = Object.fromEntries(fields);
  const kind = node['object'];
  if (typeof kind !== 'string')
    return ('error' in node ? { error: errorInVersion(node['error'], version) } : node) as T;
  if (kind === 'price') delete node['tier_table'];
  Object.assign(node, CURRENT[kind]?.(node));
  for (const { until, fields: older } of OLDER_FIELDS[kind] ?? []) {
    if (version < until) Object.assign(node, older(node));
  }
  return node as T;
}
