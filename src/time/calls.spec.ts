import { withTimeout } from './calls.js';

const late = () => new Error('late');
const never = new Promise<never>(() => undefined);

describe('a promise with a timeout', () => {
  it('settles as the work does where that is in time', async () => {
    expect(await withTimeout(1_000, Promise.resolve(7), late)).toBe(7);
    await expect(withTimeout(1_000, Promise.reject(new Error('its own')), late)).rejects.toThrow('its own');
  });

  it('rejects with the given error after so many ms', async () => {
    await expect(withTimeout(5, never, late)).rejects.toThrow('late');
  });
});
