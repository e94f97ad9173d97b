// A rule for oxlint: amounts are whole minor units, so code that handles them must not make fractions.

const MESSAGE =
  'Amounts are whole minor units: no fractions where money is handled. Text and Intl show and read them (payments/money.ts).';
const MAKES_FRACTIONS = new Set(['parseFloat', 'toFixed', 'toPrecision']);
/** Functions of Math that return whole numbers for whole numbers. */
const WHOLE = new Set(['min', 'max', 'abs']);

/** Refuses `/` and `**`, numbers that are not whole, parseFloat, toFixed, and Math but for min, max and abs. */
const noFloats = {
  create(context) {
    const refuse = (node) => context.report({ node, message: MESSAGE });
    return {
      BinaryExpression: (node) => ['/', '**'].includes(node.operator) && refuse(node),
      AssignmentExpression: (node) => ['/=', '**='].includes(node.operator) && refuse(node),
      Literal: (node) => typeof node.value === 'number' && !Number.isSafeInteger(node.value) && refuse(node),
      Identifier: (node) => MAKES_FRACTIONS.has(node.name) && refuse(node),
      MemberExpression(node) {
        const { object, property } = node;
        if (object.type === 'Identifier' && object.name === 'Math' && !WHOLE.has(property.name)) refuse(node);
      },
    };
  },
};

export default { meta: { name: 'money' }, rules: { 'no-floats': noFloats } };
