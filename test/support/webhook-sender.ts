import { Stripe } from 'stripe';

/** What a test sends in a delivery, where it differs from a good one. */
export interface Delivery {
  /** Replaces the whole header; `null` leaves it out. */
  signature?: string | null;
  /** Seconds since 1970. Defaults to now. */
  timestamp?: number;
  contentType?: string | null;
  secret?: string;
  /** A connection for this delivery alone. Defaults to one that is kept for later ones, as Stripe does. */
  ownConnection?: boolean;
}

/** An event's body, printed as Stripe prints it. */
export const printed = (event: object): string => JSON.stringify(event, null, 2);

/** Sends webhook deliveries of a test's own making, printed and signed as Stripe does. */
export class WebhookSender {
  constructor(
    readonly shopUrl: string,
    readonly secret: string,
  ) {}

  async send(payload: string | object, delivery: Delivery = {}): Promise<Response> {
    const body = typeof payload === 'string' ? payload : printed(payload);
    const signature = delivery.signature === undefined ? this.sign(body, delivery) : delivery.signature;
    const headers: Record<string, string> = {};
    if (delivery.contentType !== null) headers['content-type'] = delivery.contentType ?? 'application/json';
    if (signature !== null) headers['stripe-signature'] = signature;
    if (delivery.ownConnection) headers.connection = 'close';
    // Bytes, since fetch would name a content type for text by itself.
    return fetch(`${this.shopUrl}/webhook`, { method: 'POST', headers, body: new TextEncoder().encode(body) });
  }

  sign(body: string, { timestamp, secret }: Delivery = {}): string {
    return Stripe.webhooks.generateTestHeaderString({
      payload: body,
      secret: secret ?? this.secret,
      timestamp: timestamp ?? Math.floor(Date.now() / 1_000),
    });
  }
}
