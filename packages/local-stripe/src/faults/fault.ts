/** What may go wrong with a call to the API. */
export const CALL_FAULTS = ['server_error', 'rate_limit', 'hang', 'slow', 'reset'] as const;
/** What may go wrong with the delivery of an event. */
export const DELIVERY_FAULTS = ['twice', 'late', 'out_of_order', 'lost'] as const;

export type CallFault = (typeof CALL_FAULTS)[number];
export type DeliveryFault = (typeof DELIVERY_FAULTS)[number];

/** A fault to inject. */
export interface Fault {
  /**
   * Of a call: `server_error` answers 500, `rate_limit` 429, `hang` never answers, `slow` answers late, `reset` breaks the connection.
   * Of a delivery: `twice`, `late`, `out_of_order` (after the one that follows it), `lost` (never).
   */
  fault: CallFault | DeliveryFault;
  /** Of calls: whether the call is executed first (`after`) or not (`before`). Defaults to `before`. */
  when?: 'before' | 'after';
  /** Which calls (`POST /v1/refunds`, `/v1/prices*`) or events (`charge.*`); `*` is anything. Defaults to all. */
  only?: string;
  /** How many calls or events are affected. Defaults to 1, with a `chance` to no limit. */
  times?: number;
  /** How likely it is each time, from 0 to 1. Defaults to 1. */
  chance?: number;
  /** Seed of the chances, for repeatable runs. Defaults to a random one. */
  seed?: number;
  /** `slow`, `late`: by how much; `out_of_order`: how long to wait for the one that follows. In ms, defaults to 1,000. */
  delayMs?: number;
}

export const isDeliveryFault = (fault: string): fault is DeliveryFault =>
  (DELIVERY_FAULTS as readonly string[]).includes(fault);
