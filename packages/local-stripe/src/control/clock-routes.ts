import express, { type Request, type Router } from 'express';
import { unixNow } from '../model/clock.js';
import type { Controls } from './controls.js';
import { invalidRequest } from '../conventions/errors.js';
import { answerControl } from './answers.js';
import { LONGEST_MOVE_MS } from '../time/move-clock.js';

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads seconds, or a number with its unit (`90s`, `10m`, `36h`, `7d`), as ms; undefined where it is neither. */
export function readDuration(raw: unknown): number | undefined {
  const [, number, unit = 's'] = /^(\d{1,12})([smhd])?$/.exec(String(raw).trim()) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** `/_sandbox/clock`: GET the time, POST `{ "advance": "3d" }` moves it and answers when all due tasks are done. */
export function clockRoutes(controls: Controls): Router {
  const router = express.Router();
  const clockState = () => ({ now: unixNow(), ahead_ms: controls.clock.aheadMs });
  router.get('/', (_request, response) => response.json(clockState()));
  router.post('/', async (request: Request<object, unknown, { advance?: unknown } | undefined>, response) => {
    const byMs = readDuration(request.body?.advance);
    if (byMs === undefined || byMs > LONGEST_MOVE_MS) {
      const message =
        'Invalid advance: seconds as a number, or a number with its unit: 90s, 10m, 36h, 7d; at most ten years';
      throw invalidRequest(message, 'advance');
    }
    await controls.moveClock(byMs);
    answerControl(request, response, clockState());
  });
  return router;
}
