// What the bare pages take from the product's build, so that both show the same: the catalog's item, the templates and
// texts, and how rows become the data of the views.
export { catalog } from '../../dist/billing/catalog/catalog.js';
export { formatAmount } from '../../dist/payments/state/money.js';
export { byMonth, filterLinks } from '../../dist/payments/account/account-filter.js';
export { loadEnv } from '../../dist/config/env.js';
export { Assets } from '../../dist/http/assets.js';
export { amountSigns, english } from '../../dist/http/texts/texts.js';
export { cursorOf, summarize } from '../../dist/payments/account/payment.summary.js';
