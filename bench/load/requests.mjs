import { newEventId } from './event-id.mjs';
import { paymentIds } from './payment-ids.mjs';
import { RequestTemplate } from './request-template.mjs';

/** Deliveries, each of an event of its own, signed ahead of time as far as they were asked for. */
export class Requests {
  /** The events' ids in the order of the deliveries. */
  ids = [];
  given = 0;
  prepared = { from: 0, to: 0, bytes: Buffer.alloc(0) };

  /**
   * @param {{ port: number, payments: { first: number, count: number }, repeat?: boolean }} task
   * `repeat` gives the prepared ones again and again, to a server that does not look at them
   */
  constructor({ port, payments, repeat = false }) {
    this.template = new RequestTemplate(port);
    this.payments = payments;
    this.repeat = repeat;
  }

  prepare(count) {
    const size = this.template.bytes.length;
    const bytes = Buffer.allocUnsafe(count * size);
    for (let index = 0; index < count; index++)
      this.write(bytes.subarray(index * size, (index + 1) * size), this.given + index);
    this.prepared = { from: this.given, to: this.given + count, bytes };
  }

  /** The next delivery's bytes; its event is `ids[given - 1]` then. */
  next() {
    const number = this.given++;
    const { from, to, bytes } = this.prepared;
    const size = this.template.bytes.length;
    if (this.repeat && to > from) return slice(bytes, (number - from) % (to - from), size);
    if (number >= from && number < to) return slice(bytes, number - from, size);
    const request = Buffer.allocUnsafe(size);
    this.write(request, number);
    return request;
  }

  /** Which payment the nth delivery settles; starts again with the first after the last. */
  paymentOf(number) {
    return this.payments.first + (number % this.payments.count);
  }

  write(into, number) {
    const eventId = newEventId();
    this.ids[number] = eventId;
    this.template.write(into, { eventId, ...paymentIds(this.paymentOf(number)) });
  }
}

const slice = (bytes, index, size) => bytes.subarray(index * size, (index + 1) * size);
