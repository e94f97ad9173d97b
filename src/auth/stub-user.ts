import type { Env } from '../config/env.js';
import { SettingsError } from '../config/settings.error.js';

/** What a guard says of itself as long as it lets everybody in as the same user. */
export interface MaybeStub {
  readonly isStub?: boolean;
}

/**
 * Keeps the stub user out of production, unless AUTH_ALLOW_STUB lets it in: asked of the guard that is really in place.
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
