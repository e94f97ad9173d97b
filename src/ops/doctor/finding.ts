/** What one check has found. */
export interface Finding {
  name: string;
  status: 'ok' | 'warning' | 'fault';
  found: string;
  /** What to do; `null` where all is well. */
  todo: string | null;
}

/** What a check finds: one thing, or several. */
export type Outcome = Omit<Finding, 'name'>;

export const ok = (found: string): Outcome => ({ status: 'ok', found, todo: null });
export const warning = (found: string, todo: string): Outcome => ({ status: 'warning', found, todo });
export const fault = (found: string, todo: string): Outcome => ({ status: 'fault', found, todo });

/** One thing to look at. */
export interface Check {
  name: string;
  /** The settings that it goes by: while one of them is wrong, there is nothing to look at. */
  needs: readonly string[];
  /** May reject; the reason is then the fault. */
  run(): Promise<Outcome | Outcome[]> | Outcome | Outcome[];
}

/** What a check needs is not there, which another check says. */
export class NotCheckedError extends Error {
  constructor(
    reason: string,
    readonly todo: string,
  ) {
    super(`not checked: ${reason}`);
  }
}
