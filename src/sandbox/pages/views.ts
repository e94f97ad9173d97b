import { join } from 'node:path';
import type { Express } from 'express';
import hbs from 'hbs';

export const VIEWS = join(import.meta.dirname, '..', 'views');

/** Handlebars of the sandbox's own: the app beside it may have another in the same process. */
export function useViews(app: Express): void {
  app.engine('hbs', hbs.create().__express);
  app.set('view engine', 'hbs');
  app.set('views', VIEWS);
}
