import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ShopProcess } from '../support/shop-process.js';
import { outputOf } from '../support/node-process.js';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the files of the app', () => {
  it('are for its own user alone: database, what lies beside it, the sandbox, and a backup [S17]', async () => {
    const shop = await ShopProcess.create();
    const top = dirname(String(shop.settings.DATABASE_URL).replace('sqlite:', ''));
    const folder = join(top, 'made', 'here');
    const settings = { ...shop.settings, DATABASE_URL: `sqlite:${join(folder, 'shop.db')}` };
    try {
      await shop.start(settings);
      await outputOf('dist/cli/main.js', ['backup', join(folder, 'backup.db'), '--json'], settings);
      const files = readdirSync(folder);
      for (const file of ['shop.db', 'shop.db-wal', 'shop.db-shm', 'session-secret', 'sandbox.db', 'backup.db'])
        expect(files).toContain(file);
      expect(files.map((file) => [file, modeOf(join(folder, file))])).toEqual(files.map((file) => [file, '600']));
      expect([modeOf(folder), modeOf(dirname(folder))]).toEqual(['700', '700']);
    } finally {
      await shop.remove();
    }
  });

  it('are closed to other users where an older version left them open, and kept open to a group [S17]', async () => {
    const shop = await ShopProcess.create();
    const file = String(shop.settings.DATABASE_URL).replace('sqlite:', '');
    try {
      writeFileSync(file, '');
      chmodSync(file, 0o664);
      await shop.start();
      expect([modeOf(file), modeOf(`${file}-wal`)]).toEqual(['660', '660']);
    } finally {
      await shop.remove();
    }
  });
});
