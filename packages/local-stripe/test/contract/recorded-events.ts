import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordedValue, recordingsFolder } from './recordings.js';

export interface RecordedEvent {
  n: number;
  type: string;
  /** Names a line of `shapes.jsonl`; absent where only the order was recorded. */
  shape?: string;
  values?: Record<string, RecordedValue>;
  /** By paths; null where the event has none. */
  previous_attributes?: Record<string, unknown> | null;
}

export interface RecordedEvents {
  id: string;
  api_version: string | null;
  events: RecordedEvent[];
  /** Whether the project that recorded it has changed it since. */
  edited_by_project?: unknown;
}

/** The lines of `events.jsonl`; empty where the recordings are not there. */
export function recordedEvents(): RecordedEvents[] {
  const file = join(recordingsFolder, 'events.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedEvents);
}

/** The events of these types, in their recorded order. */
export const typesOf = ({ events }: RecordedEvents, among: readonly string[]): string[] =>
  events.map(({ type }) => type).filter((type) => among.includes(type));
