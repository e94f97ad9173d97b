import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import hbs from 'hbs';

const ROOT = join(import.meta.dirname, '..', '..');
const VIEWS = join(ROOT, 'views');
const PICO = join(ROOT, 'node_modules', '@picocss', 'pico', 'css');

/** Sets up Handlebars with its layout and partials, and the static files that pages load. */
export async function useViews(app: NestExpressApplication): Promise<void> {
  const handlebars = hbs.create();
  await new Promise<void>((resolve, reject) => {
    handlebars.registerPartials(join(VIEWS, 'partials'), (error?: unknown) => (error ? reject(error) : resolve()));
  });
  app.engine('hbs', handlebars.__express);
  app.set('view options', { layout: 'layout' });
  app.setBaseViewsDir(VIEWS);
  app.setViewEngine('hbs');

  const caching = { maxAge: '1h', index: false, redirect: false };
  app.use(
    '/assets/pico.min.css',
    (_request: express.Request, response: express.Response) =>
      response.sendFile('pico.min.css', { root: PICO, maxAge: caching.maxAge }), // with a root, since a dot in a path without one is a 404
  );
  app.use('/assets', express.static(join(VIEWS, 'assets'), caching));
}

const format = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
});

/** A date for a page: its text in UTC, and the ISO form for a `<time>` element. */
export const toDateView = (date: Date) => ({ text: format.format(date), iso: date.toISOString() });
