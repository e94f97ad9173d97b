// npm run start:dev: nest start --watch.
import { installed, run, tool } from './installed.mjs';

installed();
run(tool('nest'), ['start', '--watch']);
