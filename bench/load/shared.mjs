/** What the load and the servers must agree on. */
export const WEBHOOK_SECRET = 'whsec_bench';
export const APP_NAME = 'Benchmark';
export const CONNECTIONS = 64;
/** Bytes of an event's body. */
export const EVENT_BYTES = 3_072;
