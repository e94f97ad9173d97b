import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Env } from '../config/env.js';
import { Assets } from './assets.js';
import { languages, type Texts } from './texts/texts.js';
import { Templates } from './view-engine.js';

const VIEWS = join(import.meta.dirname, '..', '..', 'views');

/**
 * Sets up the pages, and the files that they load. In production all templates are compiled here, once for each language; otherwise
 * they are read anew for each page, so that a change shows at the next request.
 */
export function useViews(app: NestExpressApplication): void {
  const env = app.get(Env);
  const assets = new Assets(VIEWS, env);
  const globals = {
    asset: assets.address,
    shared: { shop: { ...env.face, hasLines: env.face.legalLines.length > 0 || env.face.supportEmail } },
  };
  const templatesOf = (texts: Texts) => new Templates(VIEWS, texts, globals);
  const compiled = env.production ? new Map(languages.map((texts) => [texts, templatesOf(texts)])) : undefined;

  app.engine('hbs', (file: string, data: ViewData, done: (error: unknown, page?: string) => void) => {
    try {
      done(null, (compiled?.get(data.texts) ?? templatesOf(data.texts)).render(file, data));
    } catch (error) {
      done(error);
    }
  });
  app.setBaseViewsDir(VIEWS);
  app.setViewEngine('hbs');
  app.enable('view cache');
  app.use('/assets', assets.serve);
}

interface ViewData {
  /** From `response.locals`, where `setLanguage` puts it. */
  texts: Texts;
}
