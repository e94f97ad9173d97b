/** Well below what SQLite and PostgreSQL take as parameters of one statement. */
const IDS_A_QUERY = 500;

/** Reads what belongs to many ids in few queries. */
export async function inChunks<Row>(ids: readonly string[], read: (some: string[]) => Promise<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < ids.length; at += IDS_A_QUERY) rows.push(...(await read(ids.slice(at, at + IDS_A_QUERY))));
  return rows;
}
