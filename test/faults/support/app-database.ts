export type Value = string | number | null;
export type Statement = [sql: string, ...values: Value[]];

/** The app's database as another process sees it. Values stand at `?`; 64-bit integers come as numbers. */
export interface AppDatabase {
  /** What leads the app to it. */
  readonly url: string;
  rows<T>(sql: string, ...values: Value[]): Promise<T[]>;
  /** Runs all of them in one transaction. Gives how many rows each changed. */
  write(...statements: Statement[]): Promise<number[]>;
}
