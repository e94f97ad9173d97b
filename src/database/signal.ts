import type { EntityManager } from 'typeorm';

/**
 * A word between instances: there is something to do. Never the only way to find out, since one may be lost; whoever
 * listens looks for itself now and then.
 */
export abstract class Signal {
  /** Told to every instance, this one included, once the transaction is committed; not at all where it is not. */
  abstract send(tx: EntityManager): Promise<void>;
  /** Calls `hear` for every signal, until the app stops. */
  abstract listen(hear: () => void): Promise<void>;
}

/** One process has nobody to tell. */
export class NoSignal extends Signal {
  async send(): Promise<void> {}
  async listen(): Promise<void> {}
}
