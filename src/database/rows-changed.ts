import type { EntityManager } from 'typeorm';

/** Carries out a statement and gives how many rows it changed, which `tx.query` does not tell. */
export async function rowsChanged(tx: EntityManager, sql: string, parameters: unknown[]): Promise<number> {
  const result = await tx.queryRunner?.query(sql, parameters, true);
  return result?.affected ?? 0;
}
