export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The smallest value that so many per cent of all are not above. `sorted` from the smallest up. */
export const percentile = (sorted, percent) => sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];

/** Median, least and greatest. */
export const spread = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values) });
