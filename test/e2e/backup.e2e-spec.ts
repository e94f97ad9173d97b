import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseFile } from '../faults/support/app-database.js';
import { anInvoiceEvent } from '../faults/support/events.js';
import { Load } from '../faults/support/load.js';
import { outputOf } from '../support/node-process.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { WebhookSender } from '../support/webhook-sender.js';

describe('a backup beside the running app', () => {
  let folder: string;
  let shop: Shop;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nsb-backup-'));
    shop = await startShop();
  });
  afterAll(async () => {
    await shop.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const backUp = (file: string) => outputOf('dist/cli/main.js', ['backup', file, '--json'], shop.settings);

  it('holds what was acknowledged before it began, while more comes in', async () => {
    const sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
    const load = new Load(
      (event) => sender.send(event),
      () => anInvoiceEvent(),
    );
    await eventually('some are acknowledged', () => load.acknowledged.size > 20);
    const before = [...load.acknowledged];
    const file = join(folder, 'copy.db');
    if (shop.settings.DATABASE_URL?.startsWith('postgres')) {
      await expect(backUp(file)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('pg_dump') });
      return load.stop();
    }
    expect(JSON.parse(await backUp(file))).toMatchObject({ file, bytes: expect.any(Number) });
    await load.stop();
    const rows = await new DatabaseFile(file).rows<{ id: string }>('SELECT id FROM webhook_events');
    const ids = new Set(rows.map(({ id }) => id));
    expect(before.filter((id) => !ids.has(id))).toEqual([]);
    await expect(backUp(file)).rejects.toMatchObject({ stderr: expect.stringContaining('overwrites nothing') });
    expect(existsSync(`${file}.unfinished`)).toBe(false);
  });
});
