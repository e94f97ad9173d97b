// What HTTP alone allows, and whether the load generator could ask for more than any server below can give.
import { createServer } from 'node:http';
import { ANSWER, answerHeaders } from './answer.mjs';

createServer((request, response) => {
  request.on('end', () => response.writeHead(200, answerHeaders).end(ANSWER)).resume();
}).listen(Number(process.env.PORT), '127.0.0.1');
