import { jest } from '@jest/globals';
import { StripeService } from '../../src/stripe/stripe.service.js';
import type {
  CheckoutSession,
  Customer,
  CustomerDetails,
  Refund,
  StripeEventOf,
  StripeEventType,
} from '../../src/stripe/stripe.types.js';

export type MockOf<Service extends object> = jest.Mocked<Service>;
export type MockStripe = MockOf<StripeService>;

/** A service with every call mocked. A call for which a test has set no answer rejects, with the line to add. */
export function mockOf<Service extends object>(
  service: abstract new (...dependencies: never[]) => Service,
  name: string,
): MockOf<Service> {
  const calls = Object.getOwnPropertyNames(service.prototype).filter((call) => call !== 'constructor');
  const mocks = calls.map((call) => {
    const unexpected = new Error(
      `The test did not expect ${name}.${call}(): tell it with ${name}.${call}.mockResolvedValue(…)`,
    );
    return [call, jest.fn<() => Promise<never>>().mockRejectedValue(unexpected)] as const;
  });
  return Object.fromEntries(mocks) as unknown as MockOf<Service>;
}

/**
 * StripeService with every call mocked. A call for which a test has set no answer rejects, with the line to add:
 *
 *     const stripe = mockStripe();
 *     stripe.createRefund.mockResolvedValue(aRefund({ amount: 500 }));
 */
export const mockStripe = (): MockStripe => mockOf(StripeService, 'stripe');

/** A customer as Stripe gives it. With the same idempotency key it is the same one. */
export const aCustomer = ({ email, metadata }: CustomerDetails, key = 'key'): Customer =>
  ({
    id: `cus_${key.replaceAll(/\W/g, '')}`,
    object: 'customer',
    email,
    name: null,
    metadata,
    created: 1_795_000_000,
  }) as Customer;

/** A Checkout Session as Stripe gives it: open, for USD 19.99. */
export const aCheckoutSession = (changes: Partial<CheckoutSession> = {}): CheckoutSession =>
  ({
    id: 'cs_test_1',
    object: 'checkout.session',
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    client_reference_id: null,
    amount_total: 1999,
    currency: 'usd',
    url: 'https://checkout.example/cs_test_1',
    expires_at: Math.floor(Date.now() / 1_000) + 86_400,
    metadata: {},
    ...changes,
  }) as CheckoutSession;

/** What our server writes into the metadata of a payment's Checkout Session, with the APP_NAME that tests have. */
export const metadataOf = (paymentId: string) => ({
  app_name: '[Nest Stripe Billing] Demo Product',
  payment_id: paymentId,
});

/** A refund as Stripe gives it: made, of USD 19.99. */
export const aRefund = (changes: Partial<Refund> = {}): Refund =>
  ({
    id: 're_1',
    object: 'refund',
    amount: 1999,
    currency: 'usd',
    status: 'succeeded',
    payment_intent: 'pi_1',
    created: 1_795_000_000,
    metadata: {},
    ...changes,
  }) as Refund;

let events = 0;

/** An event that carries this object. */
export const anEvent = <K extends StripeEventType>(
  type: K,
  object: StripeEventOf<K>['data']['object'],
  changes: { id?: string; created?: number } = {},
): StripeEventOf<K> =>
  ({
    id: `evt_test_${++events}`,
    object: 'event',
    api_version: null,
    created: 1_795_000_000,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type,
    ...changes,
  }) as unknown as StripeEventOf<K>;
