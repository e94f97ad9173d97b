import { FirstTables1795400000000 } from './1795400000000-first-tables.js';

/** Every migration, oldest first. A new one is a file here and a line in this list. */
export const migrations = [FirstTables1795400000000];
