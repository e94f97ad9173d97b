import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OperatorError } from './operator.error.js';

/**
 * A random session secret for development, kept beside the SQLite database so that sessions survive a restart. In memory
 * alone where there is no such file. The database's folder is there already.
 * @throws OperatorError where the file is there and cannot be read
 */
export function developmentSessionSecret(databaseUrl: string): string {
  const fresh = randomBytes(32).toString('hex');
  const database = databaseUrl.replace(/^sqlite:/, '');
  if (database === ':memory:' || !databaseUrl.startsWith('sqlite:')) return fresh;
  const file = join(dirname(database), 'session-secret');
  try {
    writeFileSync(file, fresh, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return fresh;
  }
  try {
    return readFileSync(file, 'utf8').trim() || fresh;
  } catch (error) {
    const reason = String(Reflect.get(Object(error), 'code'));
    throw new OperatorError(`${file} cannot be read (${reason}): delete it, or set SESSION_SECRET.`);
  }
}
