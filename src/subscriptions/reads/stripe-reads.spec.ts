import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { machineNow } from '../../time/clock.js';
import { StripeReads } from './stripe-reads.service.js';

const HOUR_MS = 3_600_000;

describe('the reads of an app that was killed', () => {
  let app: TestingApp;
  beforeEach(async () => {
    app = await testingApp();
  });
  afterEach(() => app.close());

  it('are due at once after the next start, and those of the new process stay its own', async () => {
    const [units, reads] = [app.module.get(UnitOfWork), app.module.get(StripeReads, { strict: false })];
    const begin = (id: string) =>
      units.run(async (tx) => {
        await reads.mark(tx, { kind: 'subscription', id, cause: 'evt_1', at: machineNow() });
        await reads.begin(tx, { kind: 'subscription', id }, `the reader of ${id}`, 'due');
      });
    const due = async () => (await reads.due(10)).map(({ id }) => id);
    await begin('sub_1');
    expect(await due()).toEqual([]);
    await units.run((tx) => reads.releaseBefore(tx, new Date(machineNow().getTime() - HOUR_MS)));
    expect(await due()).toEqual([]);
    await units.run((tx) => reads.releaseBefore(tx, machineNow()));
    expect(await due()).toEqual(['sub_1']);
  });
});
