const ROWS_A_STATEMENT = 100;
const ROWS_A_COMMIT = 20_000;

/**
 * Adds many rows, many a statement and many a commit.
 * @param {string} into the table with its columns: `payments (id, amount)`
 * @param {(number: number) => unknown[]} rowOf the values of the nth row, from 0
 */
export async function insertMany(database, into, count, rowOf) {
  for (let from = 0; from < count; from += ROWS_A_COMMIT) {
    await database.run('BEGIN');
    const end = Math.min(from + ROWS_A_COMMIT, count);
    for (let at = from; at < end; at += ROWS_A_STATEMENT) {
      const rows = Array.from({ length: Math.min(ROWS_A_STATEMENT, end - at) }, (_, index) => rowOf(at + index));
      const placeholders = rows.map((row) => `(${row.map(() => '?').join()})`);
      await database.run(`INSERT INTO ${into} VALUES ${placeholders.join()}`, rows.flat());
    }
    await database.run('COMMIT');
  }
}
