// Who may import what. `npm run check` enforces it; test/rules/import-rules.spec.ts proves each rule by breaking it.
// What is not about imports (process.env, whole numbers for money) is in .oxlintrc.json.

/** Rooms that every feature may use. */
const SHARED = ['config', 'time', 'logging', 'database', 'http', 'auth'];

/**
 * The rooms of src/, and the others that each may import. Arrows run one way: ops -> billing -> subscriptions -> payments ->
 * customers -> webhook -> stripe -> config.
 */
const ROOMS = {
  config: [],
  time: ['config'],
  logging: ['config'],
  database: ['config', 'time', 'logging'],
  http: ['config', 'time', 'logging'],
  auth: ['config', 'time', 'logging', 'database', 'http'],
  health: SHARED,
  stripe: ['config', 'time', 'logging'],
  webhook: [...SHARED, 'stripe'],
  customers: [...SHARED, 'stripe', 'webhook'],
  payments: [...SHARED, 'stripe', 'webhook', 'customers'],
  subscriptions: [...SHARED, 'stripe', 'webhook', 'customers', 'payments'],
  billing: [...SHARED, 'stripe', 'webhook', 'customers', 'payments', 'subscriptions'],
  ops: [...SHARED, 'stripe', 'webhook', 'customers', 'payments', 'subscriptions', 'billing'],
};
/** What a room may import that is not listed above, such as the one of a new feature. Nothing but app.module.ts imports it. */
const NEW_ROOM = [...SHARED, 'stripe', 'webhook', 'customers', 'payments', 'subscriptions'];
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

/** The same of src/subscriptions/. */
const SUBSCRIPTIONS = {
  state: [],
  reads: [],
  store: ['state'],
  access: ['state', 'store', 'reads'],
  sync: ['state', 'reads', 'store'],
  invoices: ['state', 'reads', 'store', 'sync'],
  checkout: ['state', 'reads', 'store', 'sync'],
  account: ['state', 'reads', 'store', 'sync', 'access', 'invoices', 'checkout'],
  changes: ['state', 'reads', 'store', 'invoices', 'account'],
};

/** The first file of each process. */
const ENTRIES = '^src/(main|cli/main)[.]ts$';
/** Files that need no import from an entry: migrations, what authors of handlers import, what `nest g resource` writes. */
const FOUND_OTHERWISE = ['^src/database/migrations/', '^src/webhook/index[.]ts$', '/(dto|entities)/', '[.]d[.]ts$'];
const LOCAL_STRIPE = '(^|node_modules/)(packages/)?local-stripe(/|$)';
const SDK = '(^|node_modules/)stripe(/|$)';

const anyOf = (names) => `(${names.join('|')})`;
const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

export default {
  forbidden: [
    rule('no-circle', 'Join the two files, or move what both need to a third.', {}, { circular: true }),
    {
      ...rule(
        'no-folder-circle',
        'A folder must not depend on a folder that uses it.',
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
    ...Object.entries(SUBSCRIPTIONS).map(([room, others]) =>
      rule(
        `subscriptions-${room}-imports`,
        `src/subscriptions/${room}/ may import ${others.join(', ') || 'no other room'} of subscriptions/.`,
        { path: `^src/subscriptions/${room}/` },
        { path: '^src/subscriptions/', pathNot: `^src/subscriptions/${anyOf([room, ...others])}/` },
      ),
    ),
    ...['payments', 'subscriptions'].map((room) =>
      rule(
        `${room}-state-is-pure`,
        'Statuses are derived by pure functions: no database, no Nest, no Stripe.',
        { path: `^src/${room}/state/` },
        { path: '^src/|^node_modules/', pathNot: `^src/(${room}/state|config)/` },
      ),
    ),
    rule(
      'no-inner-parts',
      'Entities and controllers are internal to their room: use a service.',
      { path: '^src/([^/]+)', pathNot: '^src/bootstrap/' }, // it gives the webhook its raw route
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
      'The local Stripe uses the types of the SDK, and runs without it.',
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
      'Declare the package in the package.json of what imports it.',
      { path: '^(src|packages)/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    ),
    rule(
      'local-stripe-in-one-file',
      'The app uses the local Stripe over HTTP, like Stripe; one file starts it if there is no key.',
      { path: '^src/', pathNot: '^src/bootstrap/local-stripe[.]ts$' },
      { path: LOCAL_STRIPE },
    ),
    rule(
      'no-unused-file',
      'Nothing imports the file: delete it, or add it to FOUND_OTHERWISE.',
      { path: ENTRIES },
      { path: '^src/', pathNot: [ENTRIES, ...FOUND_OTHERWISE], reachable: false },
    ),
  ],
  options: {
    exclude: { path: '[.-]spec[.]ts$|/views/' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // an import of a type is an import
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
