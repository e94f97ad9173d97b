// What HTTP alone allows. Shows that the load generator is faster than any server that stores.
import { createServer } from 'node:http';
import { ANSWER, answerHeaders } from './answer.mjs';

createServer((request, response) => {
  request.on('end', () => response.writeHead(200, answerHeaders).end(ANSWER)).resume();
}).listen(Number(process.env.PORT), '127.0.0.1');
