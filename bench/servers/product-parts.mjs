// What the bare pages take from the product's build, so that both show the same: the catalog's item, and how rows become the
// data of the views. Pure functions, without Nest or TypeORM.
export { catalog } from '../../dist/billing/catalog/catalog.js';
export { formatAmount } from '../../dist/payments/state/money.js';
export { paymentView } from '../../dist/payments/account/payment.view.js';
export { cursorOf, summarize } from '../../dist/payments/account/payment.summary.js';
