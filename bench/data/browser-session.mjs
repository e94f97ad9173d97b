import { createHmac, randomBytes } from 'node:crypto';
import { SESSION_COOKIE, SESSION_SECRET } from '../load/shared.mjs';

const LIFE_MS = 14 * 24 * 3_600_000;

/** Stores a session as express-session does, and returns the `Cookie` header of its browser. */
export async function addSession(database) {
  const id = randomBytes(24).toString('base64url');
  const expires = new Date(Date.now() + LIFE_MS);
  const cookie = { originalMaxAge: LIFE_MS, expires, httpOnly: true, path: '/', sameSite: 'lax', secure: false };
  await database.run('INSERT INTO sessions (id, data, expires_at) VALUES (?, ?, ?)', [
    id,
    JSON.stringify({ cookie, visits: 1 }),
    expires.getTime(),
  ]);
  const signature = createHmac('sha256', SESSION_SECRET).update(id).digest('base64').replace(/=+$/, '');
  return `${SESSION_COOKIE}=${encodeURIComponent(`s:${id}.${signature}`)}`;
}
