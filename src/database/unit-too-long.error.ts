/** A unit of work waited for something: everybody else's writes wait for it, so it was ended and nothing of it is stored. */
export class UnitTooLongError extends Error {
  constructor(readonly limitMs: number) {
    super(
      `A unit of work took longer than ${limitMs} ms and was undone. Others wait for it: move what takes long, such as ` +
        'calls to other services, before the transaction (in an event handler, to load).',
    );
  }
}
