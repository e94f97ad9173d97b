import { anEvent } from '../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../test/support/testing-app.js';
import { StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { CustomerEmails } from './customer-emails.service.js';
import { CustomerReader } from './customer-reader.service.js';
import { Customers } from './customers.service.js';
import type { Owner } from './owner.js';

const JENNY: Owner = { type: 'user', id: 'user-1' };

describe("a user's address that changes", () => {
  let app: TestingApp;
  /** The addresses at Stripe, in the order in which they came there. */
  let atStripe: string[];
  beforeEach(async () => {
    app = await testingApp();
    atStripe = [];
    app.stripeCustomers.updateEmail.mockImplementation(async (_id, email) => void atStripe.push(email));
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const buysAs = (email: string, owner = JENNY) => get(Customers).ensure(owner, email);
  const here = async () => (await get(CustomerReader).details('user-1'))?.email;
  const says = (changes: { email?: string; name?: string }, at: number) =>
    get(CustomerReader)
      .details('user-1')
      .then((row) =>
        app.handle(
          anEvent('customer.updated', { id: row?.stripeCustomerId, object: 'customer', ...changes } as never, {
            created: Math.floor(at / 1_000),
          }),
        ),
      );

  it('reaches Stripe with the next purchase, once, and its own event changes nothing more', async () => {
    const id = await buysAs('old@example.com');
    expect(await buysAs('New@example.com')).toBe(id);
    await buysAs('new@example.com');
    expect([atStripe, await here()]).toEqual([['new@example.com'], 'new@example.com']);
    await says({ email: 'new@example.com', name: 'Jenny' }, Date.now() + 2_000);
    expect([atStripe.length, await here()]).toEqual([1, 'new@example.com']);
  });

  it('reaches Stripe with the login, for who has bought something', async () => {
    await get(Customers).changeEmail(JENNY, 'old@example.com');
    await buysAs('old@example.com');
    await get(Customers).changeEmail(JENNY, 'new@example.com');
    expect(atStripe).toEqual(['new@example.com']);
  });

  it('reaches Stripe later where it does not answer, by the same idempotency key, and the purchase goes on', async () => {
    await buysAs('old@example.com');
    app.stripeCustomers.updateEmail.mockRejectedValueOnce(new StripeUnavailableError('customers.update', 'away'));
    await buysAs('new@example.com');
    // Something else changed at Stripe meanwhile: its event has the old address.
    await says({ email: 'old@example.com', name: 'Jenny' }, Date.now() + 2_000);
    expect([atStripe, await here()]).toEqual([[], 'new@example.com']);
    await get(CustomerEmails).sendAll();
    await get(CustomerEmails).sendAll();
    expect(atStripe).toEqual(['new@example.com']);
    const keys = app.stripeCustomers.updateEmail.mock.calls.map(([, , key]) => key);
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  });

  it('does not undo what the customer changes at Stripe afterwards, until it changes again', async () => {
    await buysAs('user@example.com');
    await says({ email: 'invoices@example.com' }, Date.now() + 2_000);
    await buysAs('user@example.com');
    expect([atStripe, await here()]).toEqual([[], 'invoices@example.com']);
    await buysAs('moved@example.com');
    expect([atStripe, await here()]).toEqual([['moved@example.com'], 'moved@example.com']);
  });

  it('is given up where Stripe refuses it', async () => {
    await buysAs('old@example.com');
    const refusal = new StripeRefusedError('customers.update', 'no such customer', 'resource_missing', 404);
    app.stripeCustomers.updateEmail.mockRejectedValueOnce(refusal);
    await buysAs('new@example.com');
    await get(CustomerEmails).sendAll();
    expect(app.stripeCustomers.updateEmail).toHaveBeenCalledTimes(1);
  });

  it('ends in the last one, where two changes are on their way at once', async () => {
    await buysAs('old@example.com');
    let goOn: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => (goOn = resolve));
    app.stripeCustomers.updateEmail.mockImplementationOnce(async (_id, email) => {
      await hanging;
      atStripe.push(email);
    });
    const { id = '' } = (await get(CustomerReader).details('user-1')) ?? {};
    const first = get(CustomerEmails).change(id, 'first@example.com');
    while (app.stripeCustomers.updateEmail.mock.calls.length === 0) await new Promise(setImmediate);
    await get(CustomerEmails).change(id, 'second@example.com');
    goOn();
    await first;
    await get(CustomerEmails).sendAll();
    expect([atStripe.at(-1), await here()]).toEqual(['second@example.com', 'second@example.com']);
  });

  it('is no change of an organisation, for which any member may buy', async () => {
    const club: Owner = { type: 'organisation', id: 'club' };
    await buysAs('one@example.com', club);
    await buysAs('two@example.com', club);
    expect(atStripe).toEqual([]);
  });
});
