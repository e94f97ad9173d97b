import { startSandbox } from '../../src/index.js';
import { FLOORS } from './floors.js';
import { haveRecordings, recordingsFolder, scenarios, shapes } from './recordings.js';
import { inProcess, replayAll } from './replay.js';
import { type Figures, percent, summarize, table } from './summary.js';

/** Recorded answers of the real API lie beside the checkout in CI; elsewhere there is nothing to compare with. */
const describeHere = haveRecordings ? describe : describe.skip;
if (!haveRecordings) console.log(`The contract suite is skipped: there is no ${recordingsFolder}`);

describeHere('the recorded calls of the real API, made here', () => {
  let figures: ReturnType<typeof summarize>;

  beforeAll(async () => {
    figures = summarize(await replayAll(scenarios(), inProcess(startSandbox), shapes()));
    console.log(table(figures));
  }, 600_000);

  const cases = Object.entries(FLOORS).flatMap(([group, floors]) =>
    Object.entries(floors).map(([what, floor]) => ({ group, what, floor })),
  );

  it.each(cases)('$group: at least $floor % of $what are as recorded', ({ group, what, floor }) => {
    const share = figures.get(group as never)?.[what as keyof Figures];
    expect(share && percent(share)).toBeGreaterThanOrEqual(floor);
  });
});
