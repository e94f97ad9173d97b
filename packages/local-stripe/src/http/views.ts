import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Express } from 'express';
import hbs from 'hbs';

export const VIEWS = join(import.meta.dirname, '..', '..', 'views');
const PARTIALS = join(VIEWS, 'partials');

/** A Handlebars instance of its own: an app in the same process may use another. */
export function useViews(app: Express): void {
  const engine = hbs.create();
  for (const file of readdirSync(PARTIALS)) {
    engine.registerPartial(basename(file, '.hbs'), readFileSync(join(PARTIALS, file), 'utf8'));
  }
  app.engine('hbs', engine.__express);
  app.set('view engine', 'hbs');
  app.set('views', VIEWS);
}
