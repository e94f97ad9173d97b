// Gives the built app event handlers of the tests' own. Their switches come over the IPC channel, or in SWITCHES where they hold
// from the start; what the handlers do is reported the same way.
import { setTimeout } from 'node:timers/promises';
import { AppModule } from '../../dist/app.module.js';
import { SessionUserGuard } from '../../dist/auth/user.js';
import { killAtStep } from './crash-points.mjs';
import { OnEntitlement } from '../../dist/subscriptions/access/on-entitlement.js';
import { HandlesStripeEvent } from '../../dist/webhook/index.js';

const LONG_MS = 30_000;

const switches = JSON.parse(process.env.SWITCHES ?? '{}');
let release;
let released;
const hold = () => (released = new Promise((resolve) => (release = resolve)));
hold();
process.on('message', ({ killAt, ...more }) => {
  if (killAt) {
    killAtStep(killAt);
    process.send(`ends at: ${killAt}`);
  }
  Object.assign(switches, more);
  if (more.release) release();
  if (more.release === false) hold();
});
process.on('SIGTERM', () => process.send('stopping'));
process.on('disconnect', () => process.exit(1)); // the test has ended

/** Each effect is a row, and nothing keeps a second one out. */
const apply = (event, tx, handler) =>
  tx.query('INSERT INTO effects (event_id, handler) VALUES ($1, $2)', [event.id, handler.constructor.name]);

class Counting {
  apply(event, tx) {
    return apply(event, tx, this);
  }
}

class CountingToo {
  apply(event, tx) {
    return apply(event, tx, this);
  }
}

class Sturdy {
  apply(event, tx) {
    return apply(event, tx, this);
  }
}

class Fragile {
  async apply(event, tx) {
    await apply(event, tx, this);
    if (switches.broken) throw new Error('half-way');
  }
}

class Slow {
  async load(event) {
    process.send(`began ${event.id}`);
    await Promise.race([released, setTimeout(LONG_MS)]);
  }

  apply(event, tx) {
    return apply(event, tx, this);
  }
}

/** Its effects have the owner, the feature and the count of the change in place of an event's id. */
class CountingAccess {
  apply({ owner, feature, change, seq }, tx) {
    return apply({ id: `${owner.id} ${feature} ${change} ${seq}` }, tx, this);
  }
}

OnEntitlement('granted', 'revoked')(CountingAccess);
HandlesStripeEvent('invoice.payment_succeeded')(Counting);
HandlesStripeEvent('invoice.payment_succeeded')(CountingToo);
HandlesStripeEvent('invoice.overdue')(Sturdy);
HandlesStripeEvent('invoice.overdue')(Fragile);
HandlesStripeEvent('invoice.sent')(Slow);

/** Whoever the tests' browser says it is: one user has one open checkout of a price, and the tests open many. */
const { canActivate } = SessionUserGuard.prototype;
SessionUserGuard.prototype.canActivate = async function (context) {
  const allowed = await canActivate.call(this, context);
  const request = context.switchToHttp().getRequest();
  const email = request.get('x-test-user');
  if (email && request.user) request.user = { id: email, email };
  return allowed;
};

const { forRoot } = AppModule;
AppModule.forRoot = (env) => {
  const module = forRoot(env);
  return {
    ...module,
    providers: [...(module.providers ?? []), Counting, CountingToo, Sturdy, Fragile, Slow, CountingAccess],
  };
};
