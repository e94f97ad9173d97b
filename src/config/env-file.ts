import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SettingsError } from './settings.error.js';

/**
 * The variables of a `.env` file; none, where there is no file.
 * @throws SettingsError where something is there that cannot be read
 */
export function readEnvFile(file: string): Record<string, string | undefined> {
  const fault = (found: string) =>
    new SettingsError([
      { name: file, found, expected: 'a text file with a line NAME=value for each setting, or none' },
    ]);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = String(Reflect.get(Object(error), 'code'));
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw fault(code === 'EISDIR' ? 'a folder' : `a file that cannot be read (${code})`);
  }
  if (text.includes('\0')) throw fault('a file that is not UTF-8 text');
  return parseEnv(text.replace(/^\uFEFF/, '')); // Windows' editors may begin with a byte order mark
}
