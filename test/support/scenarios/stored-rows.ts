import type { DataSource } from 'typeorm';

type Row = Record<string, string | number | null>;

export interface HistoryRow {
  seq: number;
  from_status: string | null;
  to_status: string;
  cause: string;
}

/** All that is stored of one life, but for what names it, and what says when we wrote it. */
export async function rowsOfScenario(reading: DataSource, tag: string) {
  const all = (table: string, order: string): Promise<Row[]> =>
    reading.query(`SELECT * FROM ${table} WHERE payment_intent_id = $1 ORDER BY ${order}`, [`pi_${tag}`]);
  const payments: Row[] = await reading.query('SELECT * FROM payments WHERE checkout_session_id = $1', [
    `cs_test_${tag}`,
  ]);
  const ids = payments.map(({ id }) => String(id));
  const rows = {
    payments: payments.map(({ created_at: _ours, ...row }) => row),
    refunds: (await all('refunds', 'id')).map(({ learned_at: _ours, ...row }) => row),
    disputes: await all('disputes', 'id'),
    charges: await all('charges', 'payment_intent_id'),
  };
  const text = [...ids, tag].reduce((written, name) => written.replaceAll(name, '<name>'), JSON.stringify(rows));
  return JSON.parse(text) as typeof rows;
}

/** Empty where there is none. */
export async function paymentIdOf(reading: DataSource, tag: string): Promise<string> {
  const sql = 'SELECT id FROM payments WHERE checkout_session_id = $1';
  return (await reading.query(sql, [`cs_test_${tag}`]))[0]?.id ?? '';
}

export const historyOfScenario = (reading: DataSource, tag: string): Promise<HistoryRow[]> =>
  reading.query(
    `SELECT seq, from_status, to_status, cause FROM payment_history WHERE payment_id IN
       (SELECT id FROM payments WHERE checkout_session_id = $1) ORDER BY seq`,
    [`cs_test_${tag}`],
  );

/**
 * What is wrong with a history that is to end in this status: each change goes on from the last, with a cause of its own
 * unless something may cause several.
 */
export function flawsOfHistory(
  history: readonly HistoryRow[],
  status: unknown,
  { once: onlyOnce = true } = {},
): string[] {
  const goesOn = history.every(
    ({ seq, from_status }, at) => seq === at + 1 && from_status === (history[at - 1]?.to_status ?? null),
  );
  const changes = history.every(({ from_status, to_status }) => from_status !== to_status);
  const once = new Set(history.map(({ cause }) => cause)).size === history.length;
  return [
    ...(goesOn ? [] : ['a change does not go on from the one before']),
    ...(changes ? [] : ['an entry changes nothing']),
    ...(once || !onlyOnce ? [] : ['one cause changed the status twice']),
    ...(history.at(-1)?.to_status === status ? [] : [`ends in ${history.at(-1)?.to_status}, not in ${status}`]),
  ];
}
