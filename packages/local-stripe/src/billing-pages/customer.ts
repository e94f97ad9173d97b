import type { RequestHandler } from 'express';
import { clockOf, shownClock } from '../dashboard/clocks.js';
import { momentOf } from '../dashboard/labels.js';
import { paymentRows } from '../dashboard/payments.js';
import { factsOf, rawOf, type Fact } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import type { Customer, PaymentMethod } from '../model/wire.js';
import { methodName } from '../portal/payment-methods.js';
import type { Store, Tx } from '../state/store.js';
import { invoiceRow, labelOf, rowsOf, subscriptionRow } from './rows.js';

/** The newest of each kind that are shown. */
const SHOWN = 10;

/** `GET /customers/:id`: subscriptions, invoices, payments, payment methods and the balance. */
export const customerPage =
  (store: Store): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const model = await store.read(async (tx) => {
      const customer = await tx.objects.find('customer', params.id);
      if (!customer) return undefined;
      const asked = { limit: SHOWN, where: { customer: customer.id } };
      const { objects } = tx;
      return {
        id: customer.id,
        label: labelOf(customer),
        facts: factsAbout(customer),
        subscriptions: await rowsOf(await objects.list('subscription', asked), (each) => subscriptionRow(tx, each)),
        invoices: await rowsOf(await objects.list('invoice', asked), (each) => invoiceRow(tx, each)),
        payments: await paymentRows(tx, await objects.list('payment_intent', asked)),
        methods: methodRows(customer, await objects.list('payment_method', asked)),
        balance: await balanceOf(tx, customer),
        clock: await shownClock(tx, await clockOf(tx, customer)),
        parts: [rawOf(customer)],
      };
    });
    if (!model) return response.status(404).render('ended', { title: 'Not found' });
    response.render('customer', { title: model.label, ...model });
  };

const factsAbout = (customer: Customer): Fact[] =>
  factsOf([
    { label: 'Customer', code: customer.id },
    { label: 'Email', text: customer.email ?? '' },
    { label: 'Name', text: customer.name ?? '' },
    { label: 'Created', text: `${momentOf(customer.created * 1000).full} UTC` },
    { label: 'Balance', text: balanceText(customer.balance, customer.currency) },
    { label: 'Description', text: customer.description ?? '' },
    { label: 'Delinquent', text: customer.delinquent === true ? 'yes' : '' },
  ]);

/** A negative balance is the customer's credit. */
function balanceText(amount: number, currency: string | null | undefined): string {
  const shown = formatAmount(Math.abs(amount), currency ?? 'usd');
  if (amount === 0) return shown;
  return amount < 0 ? `${shown} of credit` : `${shown} owed`;
}

const methodRows = ({ invoice_settings: settings }: Customer, methods: readonly PaymentMethod[]) =>
  methods.map((method) => ({
    id: method.id,
    name: methodName(method),
    expires: method.card ? `${String(method.card.exp_month).padStart(2, '0')} / ${method.card.exp_year}` : '',
    isDefault: method.id === settings.default_payment_method,
  }));

/** The newest changes of the balance. */
async function balanceOf({ objects }: Tx, { id }: Customer) {
  const changes = await objects.list('customer_balance_transaction', { limit: SHOWN, where: { customer: id } });
  return changes.map(({ amount, created, currency, ending_balance: ending, invoice, type }) => ({
    amount: formatAmount(amount, currency),
    type: type.replaceAll('_', ' '),
    ending: formatAmount(ending, currency),
    invoice: typeof invoice === 'string' ? invoice : undefined,
    made: momentOf(created * 1000),
  }));
}
