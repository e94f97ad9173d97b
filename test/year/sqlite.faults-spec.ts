import { describeYear } from './describe-year.js';

import.meta.jest.setTimeout(3_600_000);

describeYear({ database: 'sqlite', instances: 1, weeks: 6 });
