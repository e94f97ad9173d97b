import type Stripe from 'stripe';
import { BilledCustomer } from './support/billing.js';
import { CARD, see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('the hosted invoice page', () => {
  let under: SandboxUnderTest;
  let customer: BilledCustomer;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());
  beforeEach(async () => {
    customer = await BilledCustomer.at(under, '2027-06-01 00:00:00', 'none');
  });

  const unpaid = async (): Promise<{ subscription: Stripe.Subscription; invoice: Stripe.Invoice; url: string }> => {
    const subscription = await customer.subscribe(2000, {
      payment_behavior: 'default_incomplete',
      expand: ['latest_invoice'],
    });
    const invoice = subscription.latest_invoice as Stripe.Invoice;
    return { subscription, invoice, url: String(invoice.hosted_invoice_url) };
  };
  const read = (id: string) => under.stripe.invoices.retrieve(id);

  it('shows what is due, and takes the payment by which a subscription begins', async () => {
    const { subscription, invoice, url } = await unpaid();
    const page = await see(url);
    expect(page).toContain(String(invoice.number));
    expect(page).toContain('Pay $20.00</button>');
    const answer = await submit(url, CARD);
    expect(answer.status).toBe(303);
    expect(await see(url)).toContain('Paid on June 1, 2027');
    expect(await read(invoice.id ?? '')).toMatchObject({ status: 'paid', amount_paid: 2000 });
    expect((await under.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
    // Paid once: a second submission changes nothing.
    expect((await submit(url, CARD)).status).toBe(303);
    expect((await under.stripe.charges.list({ customer: customer.id })).data).toHaveLength(1);
  });

  it('leaves the card number empty at first, and after it was refused', async () => {
    const { invoice, url } = await unpaid();
    expect(await see(url)).toContain('name="number" value=""');
    const refused = await (await submit(url, { ...CARD, number: '1' })).text();
    expect(refused).toContain(`Invoice ${String(invoice.number)}</h1>`);
    expect(refused).toContain('name="number" value=""');
  });

  it('shows the invoice of a subscription that Checkout began', async () => {
    const session = await under.stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      line_items: [{ price: await customer.price(2000), quantity: 1 }],
      success_url: 'http://shop.test/success',
    });
    await submit(String(session.url), CARD);
    const { invoice } = await under.stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] });
    expect(await see(String((invoice as Stripe.Invoice).hosted_invoice_url))).toContain('Paid on ');
  });

  it('shows why a card was refused, and what is wrong in the form', async () => {
    const { invoice, url } = await unpaid();
    const declined = await submit(url, { ...CARD, number: '4000 0000 0000 0002' });
    expect(declined.status).toBe(402);
    expect(await declined.text()).toContain('Your card was declined.');
    expect((await submit(url, { ...CARD, number: '1' })).status).toBe(422);
    expect((await read(invoice.id ?? '')).status).toBe('open');
  });

  it('is paid after 3D Secure', async () => {
    const { subscription, invoice, url } = await unpaid();
    const asked = await submit(url, { ...CARD, number: '4000 0025 0000 3155' });
    const page = `${under.sandbox.url}${asked.headers.get('location')}`;
    expect(await see(page)).toContain('$20.00');
    const back = await submit(page, { outcome: 'complete' });
    expect(back.headers.get('location')).toContain(new URL(url).pathname);
    expect((await read(invoice.id ?? '')).status).toBe('paid');
    expect((await under.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
  });

  it('has a small PDF, the same each time', async () => {
    const { invoice } = await unpaid();
    const [first, second] = [await fetch(String(invoice.invoice_pdf)), await fetch(String(invoice.invoice_pdf))];
    expect(first.headers.get('content-type')).toContain('application/pdf');
    const [one, two] = [Buffer.from(await first.arrayBuffer()), Buffer.from(await second.arrayBuffer())];
    expect(one.subarray(0, 5).toString()).toBe('%PDF-');
    expect(one.equals(two)).toBe(true);
    expect(one.length).toBeLessThan(20_000);
  });

  it('is found by its secret address alone', async () => {
    const { invoice, url } = await unpaid();
    expect((await fetch(url.slice(0, -1))).status).toBe(404);
    expect((await fetch(`${under.sandbox.url}/invoice/${invoice.id}/x/pdf`)).status).toBe(404);
  });
});
