import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { BodyBudget, BodyTooLargeError, OverloadedError } from './body-budget.js';

const MIB = 1_048_576;

describe('the memory for bodies', () => {
  let budget: BodyBudget;
  beforeEach(() => (budget = new BodyBudget(4_000, 3)));

  /** A request whose body is written by the test. */
  const aRequest = () => Object.assign(new PassThrough(), { headers: {}, complete: false });
  type Request = ReturnType<typeof aRequest>;
  const read = (request: Request, by = budget) => {
    const reading = by.read(request as unknown as IncomingMessage);
    reading.catch(() => undefined); // looked at later
    return reading;
  };
  const write = (request: Request, bytes: number) =>
    new Promise((written) => request.write(Buffer.alloc(bytes), written)).then(() => new Promise(setImmediate));
  const finish = (request: Request) => Object.assign(request, { complete: true }).end();

  it('is given to whoever needs it, and taken back when they are done', async () => {
    for (let nth = 0; nth < 10; nth++) {
      const request = aRequest();
      const reading = read(request);
      await write(request, 3_000);
      finish(request);
      const body = await reading;
      expect(body).toHaveLength(3_000);
      budget.release(body);
    }
  });

  it('is taken from the body that has been coming in for longest, never from one that is whole [S8]', async () => {
    const [whole, slow, ordinary] = [aRequest(), aRequest(), aRequest()];
    const [readingWhole, readingSlow, readingOrdinary] = [read(whole), read(slow), read(ordinary)];
    await write(whole, 2_000);
    finish(whole);
    await write(slow, 1_500);
    await write(ordinary, 1_000);
    await expect(readingSlow).rejects.toThrow(OverloadedError);
    finish(ordinary);
    expect((await readingWhole).length + (await readingOrdinary).length).toBe(3_000);
  });

  it('is refused to those who come while all of it is in use by whole bodies [S8]', async () => {
    const [whole, next] = [aRequest(), aRequest()];
    const readingWhole = read(whole);
    await write(whole, 4_000);
    finish(whole);
    const body = await readingWhole;
    const readingNext = read(next);
    await write(next, 1);
    await expect(readingNext).rejects.toThrow(OverloadedError);

    budget.release(body);
    const later = aRequest();
    const readingLater = read(later);
    await write(later, 4_000);
    finish(later);
    expect(await readingLater).toHaveLength(4_000);
  });

  it('is for so many connections that send slowly, and the oldest makes way [S8]', async () => {
    const requests = Array.from({ length: 5 }, aRequest);
    const readings = requests.map((request) => read(request));
    for (const reading of readings.slice(0, 2)) await expect(reading).rejects.toThrow(OverloadedError);
    for (const request of requests.slice(2)) finish(request);
    expect((await Promise.all(readings.slice(2))).every(({ length }) => length === 0)).toBe(true);
  });

  it('is given back by bodies that are too large or cut short', async () => {
    const large = aRequest();
    const wide = new BodyBudget(2 * MIB);
    const readingLarge = read(large, wide);
    await write(large, MIB + 1);
    await expect(readingLarge).rejects.toThrow(BodyTooLargeError);
    const broken = aRequest();
    const readingBroken = read(broken, wide);
    await write(broken, MIB);
    broken.destroy();
    await expect(readingBroken).rejects.toThrow(/connection ended/);
    const whole = [aRequest(), aRequest()];
    const readings = whole.map((request) => read(request, wide));
    for (const request of whole) {
      await write(request, MIB);
      finish(request);
    }
    expect((await Promise.all(readings)).map(({ length }) => length)).toEqual([MIB, MIB]);
  });
});
