import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Recorded answers of the real API, beside the checkout; their README explains the format. */
const FOLDER = resolve(import.meta.dirname, '../../../../../shared/recordings');

export const haveRecordings = existsSync(FOLDER);
export const recordingsFolder = FOLDER;

export const FILES = ['subscriptions', 'payments', 'catalog-and-customers', 'errors'] as const;
export type RecordingFile = (typeof FILES)[number];

/** The first version whose figures count as new. */
const NEW_FROM = '2025-03-31';

export interface RecordedError {
  type: string | null;
  code: string | null;
  param: string | null;
  decline_code: string | null;
}

export type RecordedValue = string | number | boolean;

export interface RecordedCall {
  n: number;
  /** Seconds since the first call; null where the recording has no times. */
  t: number | null;
  api_version: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  params: Record<string, string | string[]>;
  status: number;
  error: RecordedError | null;
  /** Names a line of `shapes.jsonl`; absent for errors. */
  shape?: string;
  values: Record<string, RecordedValue>;
  /** Whether it was sent for a connected account. */
  on_account?: boolean;
  idempotent_replayed?: boolean;
}

/** What a scenario uses without making it, by placeholder or literal id. */
export type Needs = Record<string, Record<string, unknown>>;

export interface Scenario {
  id: string;
  file: RecordingFile;
  source: string;
  /** When Stripe was asked. */
  at: string;
  needs?: Needs;
  calls: RecordedCall[];
}

/** Path to type: `items.data[].id` to `string|null`. */
export type Shape = Record<string, string>;

export const versionOf = ({ api_version }: RecordedCall): string => api_version.replace('~', '');

export const isNew = (call: RecordedCall): boolean => versionOf(call) >= NEW_FROM;

const linesOf = <T>(name: string): T[] =>
  readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

export const scenarios = (): Scenario[] =>
  FILES.flatMap((file) => linesOf<Omit<Scenario, 'file'>>(file).map((scenario) => ({ ...scenario, file })));

export const shapes = (): Map<string, Shape> =>
  new Map(linesOf<{ id: string; types: Shape }>('shapes').map(({ id, types }) => [id, types]));
