/**
 * A word between instances: there is something to do. Never the only way to find out, since one may be lost; whoever
 * listens looks for itself now and then.
 */
export abstract class Signal {
  /** Tells every instance, this one included, of what was committed. */
  abstract send(): void;
  /** Calls `hear` for every signal, until the app stops. */
  abstract listen(hear: () => void): Promise<void>;
}

/** One process has nobody to tell. */
export class NoSignal extends Signal {
  send(): void {}
  async listen(): Promise<void> {}
}
