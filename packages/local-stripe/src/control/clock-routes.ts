import express, { type Request, type Router } from 'express';
import { nowMs, unixNow } from '../model/clock.js';
import type { Controls } from './controls.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { answerControl } from './answers.js';
import { LONGEST_MOVE_MS } from '../time/move-clock.js';

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads seconds, or a number with its unit (`90s`, `10m`, `36h`, `7d`), as ms; undefined where it is neither. */
export function readDuration(raw: unknown): number | undefined {
  const [, number, unit = 's'] = /^(\d{1,12})([smhd])?$/.exec(String(raw).trim()) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** Reads Unix seconds or a time such as `2027-07-01T12:00:00Z`, as ms; undefined where it is neither. */
function readTime(raw: unknown): number | undefined {
  const text = String(raw).trim();
  const ms = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

interface Move {
  advance?: unknown;
  to?: unknown;
}

/**
 * `/_sandbox/clock`: GET the time. POST `{ "advance": "3d" }` moves it, `{ "to": … }` to a time, and answers when all due
 * tasks are done. `POST /_sandbox/test_clocks/:id` `{ "to": … }` does that with a test clock, however far it is.
 */
export function clockRoutes(controls: Controls): Router {
  const router = express.Router();
  const clockState = () => ({ now: unixNow(), ahead_ms: controls.clock.aheadMs });
  router.get('/clock', (_request, response) => response.json(clockState()));
  router.post('/clock', async (request: Request<object, unknown, Move | undefined>, response) => {
    const { advance, to } = request.body ?? {};
    if (to === undefined) await controls.moveClock(durationIn(advance));
    else await controls.moveClockTo(timeIn(to, nowMs()));
    answerControl(request, response, clockState());
  });
  router.post('/test_clocks/:id', async (request: Request<{ id: string }, unknown, Move | undefined>, response) => {
    const { id } = request.params;
    const to = timeIn(request.body?.to, Infinity);
    const moved = await controls.moveTestClock(id, Math.ceil(to / 1000));
    if (!moved) throw noSuch('test_clock', id, 'id', 404);
    answerControl(request, response, moved);
  });
  return router;
}

function durationIn(raw: unknown): number {
  const byMs = readDuration(raw);
  if (byMs !== undefined && byMs <= LONGEST_MOVE_MS) return byMs;
  const message =
    'Invalid advance: seconds as a number, or a number with its unit: 90s, 10m, 36h, 7d; at most ten years';
  throw invalidRequest(message, 'advance');
}

/** `from`: the present time in ms, for the furthest move. */
function timeIn(raw: unknown, from: number): number {
  const ms = readTime(raw);
  if (ms !== undefined && ms <= from + LONGEST_MOVE_MS) return ms;
  throw invalidRequest(
    'Invalid to: Unix seconds, or a time such as 2027-07-01T12:00:00Z; at most ten years ahead',
    'to',
  );
}
