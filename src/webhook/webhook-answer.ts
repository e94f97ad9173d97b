import type { ServerResponse } from 'node:http';

const HEADERS = { 'Content-Type': 'application/json' };
/** A string and not bytes: Node sends it in one piece with the headers. */
const RECEIVED = '{"received":true}';
const RECEIVED_HEADERS = { ...HEADERS, 'Content-Length': RECEIVED.length };

/** What a delivery is answered. The refusals are read by engineers, in Stripe's Dashboard. */
export const answer = {
  received(response: ServerResponse): void {
    response.writeHead(200, RECEIVED_HEADERS);
    response.end(RECEIVED);
  },
  badSignature: (response: ServerResponse) =>
    refuse(response, 400, 'The Stripe-Signature header does not match this body and our signing secret'),
  notAnEvent: (response: ServerResponse) => refuse(response, 400, 'The body is not a Stripe event'),
  notStored: (response: ServerResponse) => refuse(response, 503, 'The event could not be stored; send it again'),

  /** The rest of the body is not waited for. */
  tooLarge(response: ServerResponse): void {
    response.setHeader('Connection', 'close');
    refuse(response, 413, 'The body is larger than 1 MiB');
  },
};

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, HEADERS);
  response.end(JSON.stringify({ error: { message } }));
}
