/** Something outside the code is wrong and an operator can mend it: the message says how. It is shown without its stack. */
export class OperatorError extends Error {}
