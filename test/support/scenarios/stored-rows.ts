import type { DataSource } from 'typeorm';

type Row = Record<string, string | number | null>;
type RowKind = 'payments' | 'refunds' | 'disputes' | 'charges';

export interface HistoryRow {
  seq: number;
  from_status: string | null;
  to_status: string;
  cause: string;
}

/** What is stored of one scenario. */
export interface StoredScenario {
  /** Our id of the payment; empty where there is none. */
  paymentId: string;
  rows: ReturnType<typeof withoutNames>;
  history: HistoryRow[];
}

/** What is stored of each scenario whose tag is in the list; all tags begin with `prefix`, and no others do. */
export async function storedScenarios(
  reading: DataSource,
  prefix: string,
  tags: readonly string[],
): Promise<StoredScenario[]> {
  const all = (table: string, order: string): Promise<Row[]> =>
    reading.query(`SELECT * FROM ${table} WHERE payment_intent_id LIKE $1 ORDER BY ${order}`, [`pi_${prefix}%`]);
  const ofSessions = 'SELECT * FROM payments WHERE checkout_session_id LIKE $1';
  const payments: Row[] = await reading.query(ofSessions, [`cs_test_${prefix}%`]);
  const history: (HistoryRow & { payment_id: string })[] = await reading.query(
    `SELECT payment_id, seq, from_status, to_status, cause FROM payment_history WHERE payment_id IN
       (${ofSessions.replace('*', 'id')}) ORDER BY seq`,
    [`cs_test_${prefix}%`],
  );
  const [refunds, disputes, charges] = await Promise.all([
    all('refunds', 'id'),
    all('disputes', 'id'),
    all('charges', 'payment_intent_id'),
  ]);
  const payment = groupBy(payments, ({ checkout_session_id: session }) => session);
  const byIntent = [refunds, disputes, charges].map((rows) => groupBy(rows, ({ payment_intent_id: intent }) => intent));
  const histories = groupBy(history, ({ payment_id: id }) => id);
  return tags.map((tag) => {
    const own = payment.get(`cs_test_${tag}`) ?? [];
    const [ownRefunds = [], ownDisputes = [], ownCharges = []] = byIntent.map((rows) => rows.get(`pi_${tag}`) ?? []);
    const paymentId = String(own[0]?.id ?? '');
    return {
      paymentId,
      rows: withoutNames(tag, { payments: own, refunds: ownRefunds, disputes: ownDisputes, charges: ownCharges }),
      history: (histories.get(paymentId) ?? []).map(({ payment_id: _id, ...entry }) => entry),
    };
  });
}

/** The rows but for what names this one scenario, and for when we wrote them. */
function withoutNames(tag: string, { payments, refunds, ...others }: Record<RowKind, Row[]>): Record<RowKind, Row[]> {
  const rows = {
    payments: payments.map(({ created_at: _ours, ...row }) => row),
    refunds: refunds.map(({ learned_at: _ours, ...row }) => row),
    ...others,
  };
  const names = [...payments.map(({ id }) => String(id)), tag];
  const text = names.reduce((written, name) => written.replaceAll(name, '<name>'), JSON.stringify(rows));
  return JSON.parse(text) as typeof rows;
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => unknown): Map<unknown, T[]> {
  const groups = new Map<unknown, T[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/** How the status of one scenario's payment changed, in order. */
export async function historyOfScenario(reading: DataSource, tag: string): Promise<HistoryRow[]> {
  const [stored] = await storedScenarios(reading, tag, [tag]);
  return stored?.history ?? [];
}

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
