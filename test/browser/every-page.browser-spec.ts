import { visitEveryPage } from '../support/every-page.js';
import { contentWidth, flawsOf } from '../support/page-flaws.js';
import { useStorefront } from '../support/storefront.js';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
/** The answers that are refusals: fields left empty, a card declined, a page that is not there. */
const REFUSALS = [422, 402, 404].map((status) => expect.stringContaining(`status of ${status}`));

describe('every page', () => {
  const storefront = useStorefront();

  it('fits on a phone without scrolling sideways', async () => {
    const page = await storefront.newPage(PHONE);
    await visitEveryPage(page, async (what) => {
      expect({ what, width: await contentWidth(page) }).toEqual({ what, width: PHONE.viewport.width });
    });
    expect(storefront.browser.takeNoises()).toEqual(REFUSALS);
  });

  it('can be read out: language, title, one h1, labels, names', async () => {
    const page = await storefront.newPage();
    await visitEveryPage(page, async (what) => {
      expect({ what, flaws: await flawsOf(page) }).toEqual({ what, flaws: [] });
    });
    expect(storefront.browser.takeNoises()).toEqual(REFUSALS);
  });
});
