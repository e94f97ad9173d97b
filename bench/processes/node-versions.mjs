import { execFileSync } from 'node:child_process';

const DOWNLOAD_TIMEOUT_MS = 120_000;

/**
 * The path of a Node of this major version: this one, or the one that npm has.
 * @throws where npm cannot get it; the message says why
 */
export function pathOfNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const options = { encoding: 'utf8', timeout: DOWNLOAD_TIMEOUT_MS, stdio: ['ignore', 'pipe', 'pipe'] };
  const args = ['--yes', '--package', `node@${major}`, 'node', '--print', 'process.execPath'];
  return execFileSync('npx', args, options).trim();
}
