import { anEvent, aSubscription } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { Customers } from '../../customers/customers.service.js';
import { StripeRefusedError } from '../../stripe/stripe.errors.js';
import { SubscriptionCancel } from './subscription-cancel.service.js';

describe('the end of a subscription that Stripe says it does not have', () => {
  let app: TestingApp;
  let customer: string;
  beforeEach(async () => {
    app = await testingApp();
    customer = await get(Customers).ensure({ type: 'user', id: 'jenny' }, 'jenny@example.com');
    await app.handle(anEvent('customer.subscription.created', aSubscription({ customer })));
    const missing = new StripeRefusedError('subscriptions.cancel', 'No such subscription', 'resource_missing', 404);
    app.stripeSubscriptions.cancelSubscription.mockRejectedValue(missing);
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const cancel = () => get(SubscriptionCancel).cancel('sub_1', 'now', 'command line (jane)');

  it('is stored here, so that its owner may subscribe again', async () => {
    app.stripeSubscriptions.findSubscription.mockResolvedValue(undefined);
    expect(await cancel()).toMatchObject({
      outcome: 'canceled',
      subscription: { status: 'canceled', endReason: 'not_at_stripe', history: [{}, { actor: 'command line (jane)' }] },
    });
  });

  it('is read again where it has ended there already', async () => {
    const ended = aSubscription({ customer, status: 'canceled', ended_at: 1_795_000_009 });
    app.stripeSubscriptions.findSubscription.mockResolvedValue(ended);
    expect(await cancel()).toMatchObject({ outcome: 'ended_already', subscription: { status: 'canceled' } });
  });
});
