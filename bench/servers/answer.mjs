/** What every server here answers to a delivery. */
export const ANSWER = '{"received":true}';
export const answerHeaders = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': ANSWER.length };
