import { FirstTables1795400000000 } from './1795400000000-first-tables.js';
import { Disputes1795500000000 } from './1795500000000-disputes.js';
import { RateLimits1795600000000 } from './1795600000000-rate-limits.js';
import { PayloadsAsTheyCame1795700000000 } from './1795700000000-payloads-as-they-came.js';
import { ChargedAndCaptured1796100000000 } from './1796100000000-charged-and-captured.js';
import { OneOpenCheckout1796200000000 } from './1796200000000-one-open-checkout.js';
import { DisputedMoney1796500000000 } from './1796500000000-disputed-money.js';
import { WhoAskedForRefunds1796600000000 } from './1796600000000-who-asked-for-refunds.js';
import { Subscriptions1796700000000 } from './1796700000000-subscriptions.js';
import { InvoiceNumbers1796750000000 } from './1796750000000-invoice-numbers.js';
import { EndsOfDuplicates1796810000000 } from './1796810000000-ends-of-duplicates.js';
import { CustomersInStep1796820000000 } from './1796820000000-customers-in-step.js';
import { RequestedChanges1796850000000 } from './1796850000000-requested-changes.js';

/** Every migration, oldest first. A new one is a file here and a line in this list. */
export const migrations = [
  FirstTables1795400000000,
  Disputes1795500000000,
  RateLimits1795600000000,
  PayloadsAsTheyCame1795700000000,
  ChargedAndCaptured1796100000000,
  OneOpenCheckout1796200000000,
  DisputedMoney1796500000000,
  WhoAskedForRefunds1796600000000,
  Subscriptions1796700000000,
  InvoiceNumbers1796750000000,
  EndsOfDuplicates1796810000000,
  CustomersInStep1796820000000,
  RequestedChanges1796850000000,
];
