/**
 * How often a property is tried: `usual` times, or as many times more as the variable `THOROUGH` says, as before a release. Each run
 * of the tests has a new seed.
 */
export const propertyRuns = (usual: number): number => usual * (Number(process.env.THOROUGH) || 1);
