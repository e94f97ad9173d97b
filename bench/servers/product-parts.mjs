// What the bare pages take from the product's build, so that both show the same: the catalog's item, and how rows become the
// data of the views. Pure functions, without Nest or TypeORM.
export { catalog } from '../../dist/billing/catalog/catalog.js';
export { formatAmount } from '../../dist/payments/state/money.js';
export { byMonth, filterLinks } from '../../dist/payments/account/account-filter.js';
export { english } from '../../dist/http/texts/texts.js';
export { Templates } from '../../dist/http/view-engine.js';
export { cursorOf, summarize } from '../../dist/payments/account/payment.summary.js';
