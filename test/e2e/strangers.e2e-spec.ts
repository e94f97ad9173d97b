import { type Customer, textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';

const ODD_IDS = ['', 'x'.repeat(10_000), "' OR 1=1 --", '<script>alert(1)</script>', 'cs_test_unknown', 'pi_1'];

describe('a customer', () => {
  let shop: Shop;
  let owner: Customer;
  let stranger: Customer;
  let id: string;
  beforeAll(async () => {
    shop = await startShop();
    owner = shop.customer('owner@example.com');
    stranger = shop.customer('stranger@example.com');
    id = await owner.buy();
  });
  afterAll(() => shop.stop());

  it('sees a 404 for the payment of somebody else, the same as for a missing one', async () => {
    const theirs = await stranger.get(`/success?checkout_sid=${id}`);
    const missing = await stranger.get('/success?checkout_sid=cs_test_missing');
    expect([theirs.status, missing.status]).toEqual([404, 404]);
    expect(textOf(theirs)).toContain('Payment not found');
    const anonymous = (html: string) => html.replaceAll(/<code>[^<]+<\/code>/g, '');
    expect(anonymous(theirs.html)).toBe(anonymous(missing.html));
  });

  it('cannot refund the payment of somebody else', async () => {
    const answer = await stranger.post('/refund', { _csrf: await stranger.csrf(), checkout_sid: id });
    expect(answer.status).toBe(404);
    await owner.get(`/success?checkout_sid=${id}`);
    expect(textOf(await owner.get('/account'))).toContain('Paid');
  });

  it('sees their own payments only', async () => {
    expect(textOf(await stranger.get('/account'))).toContain('You have not bought anything yet');
  });

  it.each(ODD_IDS)('gets 404 for the odd session id %.40s, and nothing of it back', async (odd) => {
    const page = await owner.get(`/success?checkout_sid=${encodeURIComponent(odd)}`);
    expect(page.status).toBe(404);
    if (odd.length > 3) expect(page.html).not.toContain(odd);
    const refund = await owner.post('/refund', { _csrf: await owner.csrf(), checkout_sid: odd });
    expect(refund.status).toBe(404);
  });

  it('gets 404 without a session id, and with several', async () => {
    expect((await owner.get('/success')).status).toBe(404);
    expect((await owner.get(`/success?checkout_sid=${id}&checkout_sid=${id}`)).status).toBe(404);
  });
});
