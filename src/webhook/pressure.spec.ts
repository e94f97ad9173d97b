import { Pressure } from './pressure.js';

const MANY = 64;
/** Longer than a test takes, ms. */
const LONG_MS = 600_000;

describe('Pressure', () => {
  const come = (pressure: Pressure, count: number) => {
    for (let nth = 0; nth < count; nth++) pressure.deliveryCame();
  };

  it('is high while many wait, and handling rests until they are answered', async () => {
    const pressure = new Pressure(0);
    come(pressure, MANY);
    expect(pressure.isHigh).toBe(true);

    let rested = false;
    const rest = pressure.rest(LONG_MS).then(() => (rested = true));
    await new Promise(setImmediate);
    expect(rested).toBe(false);
    pressure.deliveriesAnswered(MANY);
    await rest;
    expect(pressure.isHigh).toBe(false);
  });

  it('is not high while few wait', async () => {
    const pressure = new Pressure(0);
    come(pressure, 2);
    expect(pressure.isHigh).toBe(false);
    await pressure.rest(LONG_MS);
  });

  it('bears a burst', async () => {
    const pressure = new Pressure(LONG_MS);
    come(pressure, MANY);
    expect(pressure.isHigh).toBe(false);
    await pressure.rest(LONG_MS);
  });

  it('takes a short pause for a short one, and a long one for the end of the burst', () => {
    let now = 1_000;
    const pressure = new Pressure(250, () => now);
    const flood = (ms: number) => {
      come(pressure, MANY);
      now += ms;
      const { isHigh } = pressure;
      pressure.deliveriesAnswered(MANY);
      return isHigh;
    };
    const pause = (ms: number) => (now += ms);

    expect(flood(240)).toBe(false);
    pause(10); // puts the end of patience off by 50 ms
    expect(flood(30)).toBe(false);
    expect(flood(30)).toBe(true);
    pause(100);
    expect(flood(240)).toBe(false);
  });
});
