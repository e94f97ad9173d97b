/** What may go wrong with a call to the API. */
export const CALL_FAULTS = ['server_error', 'rate_limit', 'hang', 'reset'] as const;
/** What may go wrong with the delivery of an event. */
export const DELIVERY_FAULTS = ['twice', 'late', 'out_of_order', 'lost'] as const;

export type CallFault = (typeof CALL_FAULTS)[number];
export type DeliveryFault = (typeof DELIVERY_FAULTS)[number];

/** One way in which the sandbox is to misbehave. */
export interface Fault {
  /**
   * Of a call: `server_error` answers 500, `rate_limit` 429, `hang` never answers, `reset` breaks the connection.
   * Of a delivery: `twice`, `late`, `out_of_order` (after the one that follows it), `lost` (never).
   */
  fault: CallFault | DeliveryFault;
  /** Calls alone: whether the work was done all the same. Defaults to `before`: it was not. */
  when?: 'before' | 'after';
  /** Which calls (`POST /v1/refunds`, `/v1/prices*`) or events (`charge.*`); `*` is anything. Defaults to all. */
  only?: string;
  /** To how many it happens. Defaults to 1, and where a chance is given to any number. */
  times?: number;
  /** How likely it is each time, from 0 to 1. Defaults to 1. */
  chance?: number;
  /** What the chances are drawn from, so that a run can be made again. Defaults to one at random. */
  seed?: number;
  /** `late`: by how much; `out_of_order`: how long to wait for the one that follows. In ms, defaults to 1,000. */
  delayMs?: number;
}

export const isDeliveryFault = (fault: string): fault is DeliveryFault =>
  (DELIVERY_FAULTS as readonly string[]).includes(fault);
