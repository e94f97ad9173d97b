import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Handlebars from 'handlebars';
import type { TextKey, Texts } from './texts/texts.js';

/** What every template may use besides the page's own data. */
export interface ViewGlobals {
  /** The address of a file that pages load, by its name. */
  asset(name: string): string;
  /** Data of each page. */
  shared: object;
}

/** `{{t 'key'}}` and `{{asset 'name'}}`: always the same, so they are put in when a template is compiled. */
const CONSTANT = /\{\{(t|asset) '([^']+)'\}\}/g;
const OPTIONS: CompileOptions = { knownHelpers: { t: true, asset: true }, knownHelpersOnly: true };
const RUNTIME: Handlebars.RuntimeOptions = { allowProtoPropertiesByDefault: true };

/** The compiled templates of one language: each `.hbs` file of a folder, and of `partials/` in it. */
export class Templates {
  private readonly handlebars = Handlebars.create();
  private readonly pages = new Map<string, HandlebarsTemplateDelegate>();

  constructor(
    folder: string,
    private readonly texts: Texts,
    private readonly globals: ViewGlobals,
  ) {
    const t = (key: TextKey, { hash }: Handlebars.HelperOptions) => texts.t(key, hash as Record<string, string>);
    this.handlebars.registerHelper({ t, asset: globals.asset });
    for (const [name, source] of templatesIn(join(folder, 'partials')))
      this.handlebars.registerPartial(name, this.compile(source));
    for (const [name, source] of templatesIn(folder)) this.pages.set(name, this.compile(source));
  }

  /** A whole page, inside of `layout.hbs`. */
  render(name: string, data: object): string {
    const { lang, dir } = this.texts.language;
    const all = { ...data, ...this.globals.shared, lang, dir };
    return this.run('layout', { ...all, body: this.run(name, all) });
  }

  private run(name: string, data: object): string {
    const page = this.pages.get(name);
    if (!page) throw new Error(`There is no view ${name}`);
    return page(data, RUNTIME);
  }

  private compile(source: string): HandlebarsTemplateDelegate {
    const { escapeExpression } = this.handlebars;
    const filled = source.replaceAll(CONSTANT, (_, helper: string, name: string) =>
      escapeExpression(helper === 't' ? this.texts.t(name as TextKey) : this.globals.asset(name)),
    );
    return this.handlebars.compile(filled, OPTIONS);
  }
}

const templatesIn = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.hbs'))
    .map((file) => [basename(file, '.hbs'), readFileSync(join(folder, file), 'utf8')] as const);
