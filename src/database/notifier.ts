/**
 * A word between instances: there is something to do. Never the only way to find out, since one may be lost; whoever
 * listens looks for itself now and then.
 */
export abstract class Notifier {
  /** Tells every instance, this one included, of what was committed. */
  abstract notify(): void;
  /** Calls `hear` for every signal, until the app stops. */
  abstract onNotify(listener: () => void): Promise<void>;
}

/** One process has nobody to tell. */
export class NoNotifier extends Notifier {
  notify(): void {}
  async onNotify(): Promise<void> {}
}
