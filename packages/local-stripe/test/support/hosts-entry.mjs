// For `node --import`: what a line in /etc/hosts and port 443 do, for tests that may change neither. Environment: TLS_PORT.
import { Agent } from 'node:https';

const { createConnection } = Agent.prototype;

Agent.prototype.createConnection = function (options, callback) {
  const led = options.host === 'api.stripe.com' ? { host: '127.0.0.1', port: Number(process.env.TLS_PORT) } : {};
  return createConnection.call(this, { ...options, servername: options.host, ...led }, callback);
};
