import { randomBytes } from 'node:crypto';

/** Shared by the load and the servers; random in each run, since production refuses one that can be read here. */
export const WEBHOOK_SECRET = (process.env.BENCH_WEBHOOK_SECRET ??= `whsec_${randomBytes(24).toString('hex')}`);
export const SESSION_SECRET = (process.env.BENCH_SESSION_SECRET ??= randomBytes(32).toString('hex'));
/** The product's, over plain http. */
export const SESSION_COOKIE = 'nsb.sid';
export const APP_NAME = 'Benchmark';
export const CONNECTIONS = 64;
/** Bytes of an event's body. */
export const EVENT_BYTES = 3_072;
