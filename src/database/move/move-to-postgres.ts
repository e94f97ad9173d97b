import type { DataSource } from 'typeorm';
import type { Env } from '../../config/env.js';
import { migrations } from '../migrations/index.js';
import { migrate } from '../postgres/postgres-engine.js';
import { openPool, postgresOptions } from '../postgres/postgres-connections.js';
import { copyTable } from './copy-table.js';
import { differences, type Sums, sumsOf, tablesOf } from './stored-table.js';

/** The copy does not equal the original. */
export class CopyDiffersError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(['The databases differ, so do not switch over. Was the other one in use already?', ...faults].join('\n  '));
  }
}

/** A table that was copied, with the sums that agree in both databases. */
export interface MovedTable {
  table: string;
  sums: Sums;
}

/**
 * Copies every table to PostgreSQL, then compares counts and sums. The original is only read, and must not change meanwhile.
 * May be called again after an interruption.
 * @param target settings with the DATABASE_URL of the other database
 * @throws CopyDiffersError
 */
export async function moveToPostgres(
  from: DataSource,
  target: Env,
  progress: (table: string, rows: number) => void,
): Promise<MovedTable[]> {
  const options = postgresOptions(target);
  await migrate({ ...options, migrations });
  const to = await openPool(options);
  try {
    const moved: MovedTable[] = [];
    const faults: string[] = [];
    for (const table of tablesOf(from)) {
      await copyTable(table, from, to, (rows) => progress(table.name, rows));
      const [here, there] = [await sumsOf(table, from), await sumsOf(table, to)];
      faults.push(...differences(table.name, here, there));
      moved.push({ table: table.name, sums: here });
    }
    if (faults.length > 0) throw new CopyDiffersError(faults);
    return moved;
  } finally {
    await to.destroy();
  }
}
