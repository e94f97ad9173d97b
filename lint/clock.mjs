// A rule for oxlint: src asks src/time/clock.ts for the time, so that beside the local Stripe all of it follows that one's clock.

const MESSAGE =
  'Ask for the time in src/time/clock.ts: Clock.now() for what happens in the shop, machineNow() for leases, caches, limits; performance.now() for durations.';

const isDate = (node) => node.type === 'Identifier' && node.name === 'Date';

/** Refuses `Date.now`, `Date()`, and `new Date()` without a time. */
const noOwnTime = {
  create(context) {
    const refuse = (node) => context.report({ node, message: MESSAGE });
    return {
      NewExpression: (node) => isDate(node.callee) && node.arguments.length === 0 && refuse(node),
      CallExpression: (node) => isDate(node.callee) && refuse(node),
      MemberExpression: (node) => isDate(node.object) && node.property.name === 'now' && refuse(node),
    };
  },
};

export default { meta: { name: 'clock' }, rules: { 'no-own-time': noOwnTime } };
