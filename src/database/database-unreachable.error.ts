import { OperatorError } from '../config/operator.error.js';

/** The app cannot boot: its database does not let it in. */
export class DatabaseUnreachableError extends OperatorError {
  constructor(reason: string) {
    super(
      `DATABASE_URL leads to no database that can be used: ${reason}. Is it running, and are name and password right?`,
    );
  }
}
