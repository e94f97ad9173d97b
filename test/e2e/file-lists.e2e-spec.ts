import { existsSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { startShop, type Shop } from '../support/shop.js';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
/** "Follow a payment through fewer than 20 files." */
const FEWER_THAN = 20;

const filesIn = (text: string): string[] => [...text.matchAll(/`([\w/.-]+\.ts)`/g)].map(([, file = '']) => file);

/** What the document says of one way: the files of its table, and the helpers that the text below names. */
function listed(heading: string) {
  const [, section = ''] = DOCUMENT.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return { files: filesIn(rows.join('\n')), all: filesIn(text) };
}

/** Which files of src/ had a function called while `work` ran. */
async function filesThatRun(work: () => Promise<void>): Promise<string[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const called = result.filter(({ functions }) =>
    functions.some(({ functionName, ranges }) => functionName !== '' && (ranges[0]?.count ?? 0) > 0),
  );
  return called.flatMap(({ url }) => url.split(`${ROOT}/src/`)[1] ?? []).toSorted();
}

describe('the lists of files in docs/architecture.md', () => {
  let shop: Shop;
  let ran: string[];
  beforeAll(async () => {
    shop = await startShop();
    const jenny = shop.customer('jenny@example.com');
    const pay = async () => {
      const session = await jenny.buy();
      const settled = async () =>
        (await jenny.get(`/success?checkout_sid=${session}`)).html.includes('Payment Successful!');
      await eventually('the payment to be settled', settled);
    };
    ran = await filesThatRun(pay);
  });
  afterAll(() => shop.stop());

  it.each(["A webhook's way", "A payment's way"])('name fewer than 20 files of %s, all of which exist', (heading) => {
    const { files, all } = listed(heading);
    expect(files.length).toBeGreaterThan(10);
    expect(files.length).toBeLessThan(FEWER_THAN);
    expect(all.filter((file) => !existsSync(join(ROOT, 'src', file)) && !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it("lack none of the files that run on a webhook's way", () => {
    const { all } = listed("A webhook's way");
    const run = ran.filter((file) => /^(webhook|stripe)\//.test(file));
    expect(run).toContain('webhook/inbox.service.ts');
    expect(
      run.filter(
        (file) => !all.includes(file) && !/^stripe\/stripe[-.](service|client|customers\.service)\.ts$/.test(file),
      ),
    ).toEqual([]);
  });

  it("lack none of the files that run on a payment's way", () => {
    const { all } = listed("A payment's way");
    const run = ran.filter((file) => /^(billing|payments)\//.test(file) && !file.startsWith('payments/account/'));
    expect(run).toContain('payments/store/payment-store.service.ts');
    expect(run.filter((file) => !all.includes(file))).toEqual([]);
  });
});
