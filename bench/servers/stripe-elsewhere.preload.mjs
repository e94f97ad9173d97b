// Loaded before the product (`node --import`): calls to https://api.stripe.com go to the port BENCH_STRIPE_PORT of this machine,
// over plain http. Production has no setting for that, and the shop's page needs prices.
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

const elsewhere = { protocol: 'http:', host: '127.0.0.1', hostname: '127.0.0.1', agent: undefined };

https.request = (options, onResponse) => {
  const port = Number(process.env.BENCH_STRIPE_PORT);
  const request = http.request({ ...options, ...elsewhere, port }, onResponse);
  // The SDK sends the body once the TLS connection is secure.
  request.once('socket', (socket) => socket.once('connect', () => socket.emit('secureConnect')));
  return request;
};
syncBuiltinESMExports();
