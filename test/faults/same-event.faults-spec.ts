import { useAppProcess } from '../support/app-process.js';
import { anInvoiceEvent } from './support/events.js';

const TIMES = 50;

describe('the same event 50 times at once', () => {
  const app = useAppProcess((process) => process.start());

  const sendAtOnce = async (event: object) =>
    (await Promise.all(Array.from({ length: TIMES }, () => app.sender.send(event)))).map(({ status }) => status);

  it('is answered 200 each time, and has its effects once', async () => {
    const event = anInvoiceEvent();
    expect(await sendAtOnce(event)).toEqual(Array(TIMES).fill(200));
    await app.events.is(event.id, 'done');
    expect(await sendAtOnce(event)).toEqual(Array(TIMES).fill(200)); // and when it is done
    const another = anInvoiceEvent();
    await app.sender.send(another);
    await app.events.is(another.id, 'done'); // whatever those led to is over
    expect(await app.events.effectsOf(event.id)).toEqual(['Counting', 'CountingToo']);
    expect(await app.events.find(event.id)).toMatchObject({ status: 'done', attempts: 1 });
  });
});
