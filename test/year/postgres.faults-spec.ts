import { describeYear } from './describe-year.js';

import.meta.jest.setTimeout(3_600_000);

/** Without a server, as where Jest is run by itself, there is nothing to test. */
if (process.env.POSTGRES_SERVER) describeYear({ database: 'postgres', instances: 2, weeks: 4 });
else it.skip('needs a PostgreSQL: npm test -- faults', () => undefined);
