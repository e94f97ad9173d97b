import { randomBytes } from 'node:crypto';

/** What the load and the servers must agree on: made for each run, since production refuses one that anybody can read here. */
export const WEBHOOK_SECRET = (process.env.BENCH_WEBHOOK_SECRET ??= `whsec_${randomBytes(24).toString('hex')}`);
export const APP_NAME = 'Benchmark';
export const CONNECTIONS = 64;
/** Bytes of an event's body. */
export const EVENT_BYTES = 3_072;
