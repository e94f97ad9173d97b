import { asyncProperty, assert, constantFrom, integer, oneof, string, tuple } from 'fast-check';
import { Stripe } from 'stripe';
import { loadEnv } from '../config/env.js';
import { TOLERANCE_SECONDS, WebhookSignature } from './webhook-signature.js';

const SECRET = 'whsec_first';
const now = 1_795_000_000_000;
const env = loadEnv(
  { STRIPE_SECRET_KEY: 'sk_test_x', STRIPE_WEBHOOK_SECRET: `${SECRET},whsec_second` },
  '/nowhere/.env',
);
const signature = new WebhookSignature(env);

const sign = (payload: string, timestamp: number, secret = SECRET) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });

const isValid = (body: Buffer, header: string) => {
  const read = signature.readHeader(header, now);
  return !('fault' in read) && signature.matches(body, read);
};

/** What the SDK says, with either secret. */
const sdkAccepts = (body: Buffer, header: string) =>
  [SECRET, 'whsec_second'].some((secret) => {
    try {
      return Stripe.webhooks.signature?.verifyHeader(body, header, secret, TOLERANCE_SECONDS, undefined, now) === true;
    } catch {
      return false;
    }
  });

describe('a signature', () => {
  it('gets the same verdict as from the SDK, whatever is done to it', async () => {
    const body = string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.startsWith('\uFEFF'));
    const time = integer({ min: now / 1_000 - 700, max: now / 1_000 + TOLERANCE_SECONDS });
    const secret = constantFrom(SECRET, 'whsec_second', 'whsec_wrong');
    const damage = oneof(
      constantFrom(
        (header: string) => header,
        (header: string) => header.replace('v1=', 'v0='),
        (header: string) => `${header},v1=00`,
        (header: string) => `v1=00,${header}`,
        (header: string) => header.toUpperCase(),
        (header: string) => header.replace('t=', 't= '),
        (header: string) => `t=1,${header}`,
        (header: string) => `${header},t=1`,
        (header: string) => header.slice(0, -1),
      ),
      string().map((text) => () => text),
      string().map((text) => (header: string) => header + text),
    );
    await assert(
      asyncProperty(tuple(body, time, secret, damage), async ([text, timestamp, by, change]) => {
        const header = change(sign(text, timestamp, by));
        const bytes = Buffer.from(text);
        expect(isValid(bytes, header)).toBe(sdkAccepts(bytes, header));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is valid for five minutes, either way, and not a second longer', () => {
    const at = (timestamp: number) => isValid(Buffer.from('{}'), sign('{}', timestamp));
    const seconds = now / 1_000;
    expect([at(seconds - 300), at(seconds + 300), at(seconds - 301), at(seconds + 301)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is of the bytes as they came, also where they are no valid text', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(isValid(bytes, sign(bytes.toString('utf8'), now / 1_000))).toBe(false);
  });

  const seconds = now / 1_000;
  const good = sign('{}', seconds);
  it.each<[string, string | undefined, string, RegExp]>([
    ['is not there', undefined, 'missing', /header is missing/],
    ['is empty', ' ', 'missing', /header is missing/],
    ['is no such header', 'signed by me', 'malformed', /no timestamp/],
    ['has no timestamp', good.replace(/t=\d+/, 'at=1'), 'malformed', /no timestamp/],
    ['has a timestamp that is no number', good.replace(/t=\d+/, 't=now'), 'malformed', /no timestamp/],
    ['has v0 only', good.replace('v1=', 'v0='), 'no-v1', /no v1 signature/],
    ['has a signature that is cut off', good.slice(0, -1), 'no-v1', /no v1 signature/],
    ['is from a clock that is late', sign('{}', seconds - 400), 'too-old', /400 seconds behind our clock.*NTP/],
    ['is from a clock that is fast', sign('{}', seconds + 400), 'in-the-future', /400 seconds ahead of our clock.*NTP/],
  ])('is refused before the body is read where the header %s, and says so [G2]', (_, header, fault, message) => {
    expect(signature.readHeader(header, now)).toEqual({ fault, message: expect.stringMatching(message) });
  });

  it('says which setting to look at where the body and the secrets do not match [G2]', () => {
    expect(signature.noMatch.message).toMatch(/any of our 2 signing secrets: check STRIPE_WEBHOOK_SECRET/);
  });
});
