// Who may import what. `npm run check` enforces it; test/rules/import-rules.spec.ts proves each rule by breaking it.
// What is not about imports (process.env, whole numbers for money) is in .oxlintrc.json.

/** Rooms that every feature may use. */
const SHARED = ['config', 'time', 'logging', 'database', 'http', 'auth'];

/** The rooms of src/, and the others that each may import. Arrows run one way: ops -> billing -> payments -> webhook -> stripe -> config. */
const ROOMS = {
  config: [],
  time: [],
  logging: ['config'],
  database: ['config', 'time', 'logging'],
  http: ['config', 'time', 'logging'],
  auth: ['config', 'time', 'logging', 'database', 'http'],
  health: SHARED,
  stripe: ['config', 'time', 'logging'],
  webhook: [...SHARED, 'stripe'],
  payments: [...SHARED, 'stripe', 'webhook'],
  billing: [...SHARED, 'stripe', 'webhook', 'payments'],
  ops: [...SHARED, 'stripe', 'webhook', 'payments', 'billing'],
};
/** What a room may import that is not listed above, such as the one of a new feature. Nothing but app.module.ts imports it. */
const NEW_ROOM = [...SHARED, 'stripe', 'webhook', 'payments'];
/** These put the app together: they may import every room. */
const ASSEMBLY = ['bootstrap', 'cli'];

/** The rooms of src/payments/ that others build on, and the others that each may import. */
const PAYMENTS = {
  state: [],
  store: ['state'],
  fulfilment: ['state', 'store'],
  account: ['state', 'store'],
  checkout: ['state', 'store', 'fulfilment', 'account'],
  refunds: ['state', 'store', 'fulfilment', 'account'],
  disputes: ['state', 'store', 'fulfilment'],
};

/** Where a process begins. */
const ENTRIES = '^src/(main|cli/main)[.]ts$';
/** Found by their path or by whoever writes a handler, not by an import from an entry. */
const FOUND_OTHERWISE = ['^src/database/migrations/', '^src/webhook/index[.]ts$', '/(dto|entities)/', '[.]d[.]ts$'];
const LOCAL_STRIPE = '(^|node_modules/)(packages/)?local-stripe(/|$)';
const SDK = '(^|node_modules/)stripe(/|$)';

const anyOf = (names) => `(${names.join('|')})`;
const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

export default {
  forbidden: [
    rule('no-circle', 'Two files that need each other are one, or miss a third.', {}, { circular: true }),
    {
      ...rule(
        'no-folder-circle',
        'A folder is understood without the folders that use it.',
        { path: '^(src|packages/local-stripe/src)' },
        { circular: true },
      ),
      scope: 'folder',
    },
    ...Object.entries(ROOMS).map(([room, others]) =>
      rule(
        `${room}-imports`,
        `src/${room}/ may import ${others.join(', ') || 'no other room'}.`,
        { path: `^src/${room}/` },
        { path: '^src/', pathNot: `^src/${anyOf([room, ...others])}/` },
      ),
    ),
    rule(
      'new-room-imports',
      `A feature may import ${NEW_ROOM.join(', ')}. For more, give it a row in ROOMS.`,
      { path: '^src/([^/]+)/', pathNot: `^src/${anyOf([...Object.keys(ROOMS), ...ASSEMBLY])}/` },
      { path: '^src/', pathNot: `^src/($1|${NEW_ROOM.join('|')})/` },
    ),
    ...Object.entries(PAYMENTS).map(([room, others]) =>
      rule(
        `payments-${room}-imports`,
        `src/payments/${room}/ may import ${others.join(', ') || 'no other room'} of payments/.`,
        { path: `^src/payments/${room}/` },
        { path: '^src/payments/', pathNot: `^src/payments/${anyOf([room, ...others])}/` },
      ),
    ),
    rule(
      'payments-state-is-pure',
      'What a status follows from is arithmetic: no database, no Nest, no Stripe.',
      { path: '^src/payments/state/' },
      { path: '^src/|^node_modules/', pathNot: '^src/(payments/state|config)/' },
    ),
    rule(
      'no-inner-parts',
      'Entities and controllers are their room’s own: ask a service.',
      { path: '^src/([^/]+)', pathNot: '^src/bootstrap/' }, // the webhook's route stands before Express
      { path: '^src/.+[.](entity|controller)[.]ts$', pathNot: '^src/$1/' },
    ),
    rule(
      'sdk-in-stripe-only',
      'Only src/stripe/ talks to the SDK: add a method to StripeService.',
      { path: '^src/', pathNot: '^src/stripe/' },
      { path: SDK },
    ),
    rule(
      'sdk-types-only',
      'The local Stripe answers in the SDK’s types and runs without the SDK.',
      { path: '^packages/local-stripe/' },
      { path: SDK, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'local-stripe-apart',
      'The local Stripe and the app share nothing but HTTP.',
      { path: '^packages/local-stripe/' },
      { path: '^(src|dist)/' },
    ),
    rule(
      'undeclared-dependency',
      'A package that is imported stands in the package.json of the importing package.',
      { path: '^(src|packages)/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    ),
    rule(
      'local-stripe-in-one-file',
      'The app talks to the local Stripe over HTTP, as it does to Stripe; one file starts it where there is no key.',
      { path: '^src/', pathNot: '^src/bootstrap/local-stripe[.]ts$' },
      { path: LOCAL_STRIPE },
    ),
    rule(
      'no-unused-file',
      'Nothing imports it: delete it, or list the way it is found in FOUND_OTHERWISE.',
      { path: ENTRIES },
      { path: '^src/', pathNot: [ENTRIES, ...FOUND_OTHERWISE], reachable: false },
    ),
  ],
  options: {
    exclude: { path: '[.]spec[.]ts$|/views/' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // an import of a type is an import
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
