/** Variables of Stripe's own SDK and command line, and of other libraries for it. */
const OF_STRIPE =
  /^STRIPE_(LOCAL_TEST_WEBHOOK_SECRET|API_KEY|DEVICE_NAME|PROJECT_NAME|PUBLISHABLE_KEY|SUPPRESS_NOTICES|TELEMETRY_\w+|PLUGINS_PATH|NO_AUTO_UPDATE|INSTALL_METHOD|CLI|CLI_\w+)$/;

/** A name that differs in at most this many letters is taken for a misspelling; in 1, if it has at most SHORT letters. */
const MOST_DIFFERENT = 2;
const SHORT = 5;

const ofStripe = (name: string) => /^STRIPE_/i.test(name);

type Variables = Record<string, string | undefined>;

/**
 * Warnings about names that may be misspelt settings: in `.env` those close to a setting, and there and in the environment those
 * that begin with STRIPE_. They contain no values.
 */
export function warningsAboutNames(fromFile: Variables, environment: Variables, known: readonly string[]): string[] {
  const odd = (name: string) => !known.includes(name) && !OF_STRIPE.test(name);
  const given = (variables: Variables) => Object.keys(variables).filter((name) => variables[name] && odd(name));
  const names = new Set([...given(fromFile), ...given(environment).filter(ofStripe)]);
  return [...names].flatMap((name) => {
    const meant = closestTo(name, known);
    if (meant) return [`${name}: did you mean ${meant}? There is no setting of that name, so it is not read.`];
    return ofStripe(name)
      ? [`${name}: there is no setting of that name, so it is not read. .env.example lists all.`]
      : [];
  });
}

function closestTo(name: string, known: readonly string[]): string | undefined {
  const upper = name.toUpperCase();
  const most = name.length <= SHORT ? 1 : MOST_DIFFERENT;
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(upper, candidate) }))
    .toSorted((a, b) => a.distance - b.distance);
  if (ranked[0] && ranked[0].distance <= most) return ranked[0].candidate;
  return ranked.find(({ candidate }) => sameWords(upper, candidate))?.candidate;
}

/** Whether one has all words of the other, at least two: STRIPE_KEY and STRIPE_SECRET_KEY. */
function sameWords(one: string, other: string): boolean {
  const [fewer = [], more = []] = [one.split('_'), other.split('_')].toSorted((a, b) => a.length - b.length);
  return fewer.length >= 2 && fewer.every((word) => more.includes(word));
}

/** Edit distance: letters to change, add, remove or swap with the next one. */
function distance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const [above = [], row] = [rows[i - 1], [i]];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) least = Math.min(least, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[one.length]?.[other.length] ?? 0;
}
