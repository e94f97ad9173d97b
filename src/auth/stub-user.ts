import type { Env } from '../config/env.js';
import { SettingsError } from '../config/settings.error.js';

/** A guard that may be the stub, which logs everybody in as the same user. */
export interface MaybeStub {
  readonly isStub?: boolean;
}

/**
 * Refuses the stub user in production without AUTH_ALLOW_STUB.
 * @param guard the one that is in use, which may have replaced ours
 * @throws SettingsError
 */
export function refuseStubInProduction(guard: MaybeStub, { production, allowStub }: Env): void {
  if (!production || allowStub || !guard.isStub) return;
  throw new SettingsError([
    {
      name: 'AUTH_ALLOW_STUB',
      found: 'false, and everybody is the stub user',
      expected: 'a login (see Login in src/auth/session-user.guard.ts); or true, for a demonstration',
    },
  ]);
}
