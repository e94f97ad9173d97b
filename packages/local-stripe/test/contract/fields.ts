import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordingsFolder, versionOf } from './recordings.js';
import type { Replay } from './replay.js';

/** All fields ever seen of one kind of object at one version: path to types, `?` where some answers lacked it. */
interface KnownFields {
  object: string;
  api_version: string;
  fields: Record<string, string>;
}

/** One field that an answer lacks or has with a type that was never seen, and where. */
export interface FieldDifference {
  kind: string;
  version: string;
  path: string;
  expected: string;
  got: string;
  where: string;
}

type Node = Record<string, unknown>;

const key = (kind: string, version: string): string => `${kind} ${version.replace('~', '')}`;

function knownFields(): Map<string, KnownFields['fields']> {
  const lines = readFileSync(join(recordingsFolder, 'fields.jsonl'), 'utf8').trim().split('\n');
  const all = lines.map((line) => JSON.parse(line) as KnownFields);
  return new Map(all.map(({ object, api_version, fields }) => [key(object, api_version), fields]));
}

/** Compares each object in the answers, wherever it is nested, with the fields that its kind always had at this version. */
export function compareFields(replays: Replay[]): FieldDifference[] {
  const known = knownFields();
  return replays.flatMap(({ scenario, missing, calls }) =>
    missing.length > 0
      ? []
      : calls.flatMap(({ recorded, answer }) =>
          objectsIn(answer.body).flatMap((node) => {
            const kind = String(node['object']);
            const version = versionOf(recorded);
            const fields = known.get(key(kind, version)) ?? {};
            const where = `${scenario.id}.${recorded.n}`;
            return differencesIn(node, fields).map((difference) => ({ kind, version, where, ...difference }));
          }),
        ),
  );
}

function objectsIn(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap((child) => objectsIn(child));
  const node = value as Node;
  return typeof node['object'] === 'string' && node['object'] !== 'list' && node['deleted'] !== true
    ? [node, ...inner]
    : inner;
}

type Found = Pick<FieldDifference, 'path' | 'expected' | 'got'>;

function differencesIn(node: Node, fields: Record<string, string>): Found[] {
  return Object.entries(fields).flatMap(([path, seen]) => {
    const types = seen.replace('?', '').split('|');
    const found = valuesAt(node, path);
    if (found === undefined || found.length === 0) {
      // A part whose parent is absent or null is no difference of its own.
      return seen.endsWith('?') || found !== undefined || types.some((type) => type.startsWith('@'))
        ? []
        : [{ path, expected: seen, got: 'nothing' }];
    }
    const wrong = found.map(typeOf).find((type) => !types.some((allowed) => isOf(type, allowed)));
    return wrong === undefined ? [] : [{ path, expected: seen, got: wrong }];
  });
}

const isOf = (type: string, allowed: string): boolean =>
  type === allowed || (allowed.startsWith('@') && type === 'object') || (allowed === 'number' && type === 'integer');

/** The values at a path; undefined where the last step is absent, empty where its parent is. */
function valuesAt(node: Node, path: string): unknown[] | undefined {
  const steps = path.replaceAll('[]', '.[]').split('.');
  const last = steps.pop() ?? '';
  let nodes: unknown[] = [node];
  for (const step of steps) {
    nodes = nodes.flatMap((each) =>
      step === '[]' ? (Array.isArray(each) ? each : []) : isNode(each) ? [each[step]] : [],
    );
  }
  const parents = nodes.filter((each): each is Node => isNode(each) && !(last !== '[]' && Array.isArray(each)));
  if (parents.length === 0) return [];
  if (last === '[]') return parents.flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : []));
  const values = parents.filter((each) => Object.hasOwn(each, last)).map((each) => each[last]);
  return values.length < parents.length ? undefined : values;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
