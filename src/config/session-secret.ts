import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A random session secret for development, kept beside the SQLite database so that sessions survive a restart. In memory
 * alone where there is no such file.
 */
export function developmentSessionSecret(databaseUrl: string): string {
  const fresh = randomBytes(32).toString('hex');
  const database = databaseUrl.replace(/^sqlite:/, '');
  if (database === ':memory:' || !databaseUrl.startsWith('sqlite:')) return fresh;
  const file = join(dirname(database), 'session-secret');
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, fresh, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return fresh;
    return readFileSync(file, 'utf8').trim() || fresh;
  }
}
