/**
 * Tells the other instances that an event is due, sooner than they would poll for it. A notification may be lost, so listeners
 * poll all the same.
 */
export abstract class Notifier {
  /** Notifies every instance, this one included. Call it after the commit. */
  abstract notify(): void;
  /** Calls `listener` at each notification until the app stops. Resolves once it listens, or will try again. */
  abstract onNotify(listener: () => void): Promise<void>;
}

/** For SQLite, where one process does all the work. */
export class NoNotifier extends Notifier {
  notify(): void {}
  async onNotify(): Promise<void> {}
}
