// The local Stripe by itself, as `npm run sandbox` starts it. Environment: PORT, STATE_FILE.
import { startSandbox } from 'local-stripe';

const sandbox = await startSandbox({ port: Number(process.env.PORT), stateFile: process.env.STATE_FILE });
process.once('SIGTERM', () => sandbox.close());
