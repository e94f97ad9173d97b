import { configureGlobal } from 'fast-check';
import { SEED } from './seeded-random.js';

/** Property tests go by the seed that `npm test` prints; by one of their own where Jest is run by itself. */
if (SEED !== undefined) configureGlobal({ seed: SEED });
