import { configureGlobal } from 'fast-check';

/** Property tests go by the seed that `npm test` prints; one of their own where Jest is run by itself. */
const seed = Number(process.env.SEED);
if (process.env.SEED && Number.isSafeInteger(seed)) configureGlobal({ seed });
