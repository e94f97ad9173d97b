import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { SessionUserGuard } from '../../src/auth/user.js';
import { EntitlementsService } from '../../src/subscriptions/access/entitlements.service.js';
import { SubscriptionReader } from '../../src/subscriptions/account/subscription-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { type Customer, sessionIdOf, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const PRO = {
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month' as const, features: ['pro'], seats: { min: 1, max: 10 } },
};

/** `jenny+acme@example.com` is the user `jenny`, who acts for the organisation `acme`; `jenny@example.com` acts for herself. */
const login = {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const [id = '', organisation] = (request.get('x-test-user') ?? '').replace('@example.com', '').split('+');
    Object.assign(request, { user: { id, email: `${id}@example.com`, emailVerified: true, organisation } });
    return true;
  },
};

describe('an organisation', () => {
  let shop: Shop;
  let jenny: Customer;
  let rocky: Customer;
  beforeEach(async () => {
    shop = await startShop({
      catalog: [PRO],
      override: (builder) => builder.overrideProvider(SessionUserGuard).useValue(login),
    });
    [jenny, rocky] = [shop.customer('jenny+acme@example.com'), shop.customer('rocky+acme@example.com')];
  });
  afterEach(() => shop.stop());

  const click = async (who: Customer) => {
    const fields = { _csrf: await who.csrf(), price: 'pro_monthly', quantity: '2' };
    return (await who.post('/create-checkout-session', fields)).location ?? '';
  };
  const account = async (who: Customer) => textOf(await who.get('/account'));
  const atStripe = async (path: string) => (await askStripe<{ data: object[] }>(shop.sandbox.url, path)).data;
  const has = (type: 'user' | 'organisation', id: string) => shop.app.get(EntitlementsService).has({ type, id }, 'pro');
  const stored = async () => (await shop.app.get(SubscriptionReader).list({})).subscriptions;
  const subscribe = async (who: Customer) => {
    const sid = sessionIdOf(await who.payByCard(await who.get(await click(who))));
    expect(textOf(await who.get(`/subscribed?checkout_sid=${sid}`))).toContain('You are subscribed!');
    return sid;
  };

  it('has one open checkout and one customer, whichever members ask for it', async () => {
    const pages = await Promise.all([click(jenny), click(rocky), click(jenny), click(rocky)]);
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain(shop.sandbox.url);
    expect(await atStripe('/v1/checkout/sessions?status=open')).toHaveLength(1);
    expect(await atStripe('/v1/customers')).toHaveLength(1);
    const alone = await click(shop.customer('jenny@example.com'));
    expect(pages).not.toContain(alone);
  });

  it('has one plan, which all members see, change and use, and nobody else', async () => {
    const sid = await subscribe(jenny);
    expect(await stored()).toMatchObject([{ ownerType: 'organisation', ownerId: 'acme' }]);
    expect(textOf(await rocky.get(`/subscribed?checkout_sid=${sid}`))).toContain('You are subscribed!');
    expect(await click(rocky)).toBe('/account');
    for (const member of [jenny, rocky])
      await eventually('the plan and its payment', async () =>
        /Your plan Pro .*\$15\.00 a month, 2 seats.*Pro \$30\.00/.test(await account(member)),
      );
    const [{ id = '' } = {}] = await stored();
    const form = await rocky.get(`/account/subscriptions/${id}/change`);
    const preview = await jenny.get((await rocky.submit(form, '/change', { quantity: '3' })).location ?? '');
    expect(textOf(preview)).toContain('The next payment is $45.00');
    await jenny.submit(preview, '/account/changes/');
    expect(await account(rocky)).toContain('$15.00 a month, 3 seats');
    expect([await has('organisation', 'acme'), await has('user', 'acme'), await has('user', 'jenny')]).toEqual([
      true,
      false,
      false,
    ]);
    const receipt = /\/account\/payments\/[\w-]+/.exec((await rocky.get('/account')).html)?.[0] ?? '';
    expect((await rocky.get(receipt)).status).toBe(200);
    // Rocky without the organisation, a member of another one, and a user who is called like it.
    for (const other of ['rocky', 'jenny+other', 'acme']) {
      const stranger = shop.customer(`${other}@example.com`);
      expect(await account(stranger)).not.toContain('Pro');
      expect((await stranger.get(`/account/subscriptions/${id}/change`)).status).toBe(404);
      expect((await stranger.get(receipt)).status).toBe(404);
      expect((await stranger.get(`/subscribed?checkout_sid=${sid}`)).status).toBe(404);
    }
  });
});
