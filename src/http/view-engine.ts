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

/** The compiled templates of one language: each `.hbs` file of a folder, with `layout.hbs` and `partials/` in it. */
export class Templates {
  private readonly handlebars = Handlebars.create();
  /** By path. A page of another folder is added when it is first asked for. */
  private readonly pages = new Map<string, HandlebarsTemplateDelegate>();
  private readonly layout: string;

  constructor(
    folder: string,
    private readonly texts: Texts,
    private readonly globals: ViewGlobals,
  ) {
    const t = (key: TextKey, { hash }: Handlebars.HelperOptions) => texts.t(key, hash as Record<string, string>);
    this.handlebars.registerHelper({ t, asset: globals.asset });
    for (const path of templatesIn(join(folder, 'partials')))
      this.handlebars.registerPartial(basename(path, '.hbs'), this.compile(path));
    for (const path of templatesIn(folder)) this.pages.set(path, this.compile(path));
    this.layout = join(folder, 'layout.hbs');
  }

  /** A whole page: the template of this file, inside of the layout. */
  render(path: string, data: object): string {
    const { lang, dir } = this.texts.language;
    const all = { ...data, ...this.globals.shared, lang, dir };
    return this.page(this.layout)({ ...all, body: this.page(path)(all, RUNTIME) }, RUNTIME);
  }

  private page(path: string): HandlebarsTemplateDelegate {
    const page = this.pages.get(path) ?? this.compile(path);
    this.pages.set(path, page);
    return page;
  }

  private compile(path: string): HandlebarsTemplateDelegate {
    const { escapeExpression } = this.handlebars;
    const filled = readFileSync(path, 'utf8').replaceAll(CONSTANT, (_, helper: string, name: string) =>
      escapeExpression(helper === 't' ? this.texts.t(name as TextKey) : this.globals.asset(name)),
    );
    return this.handlebars.compile(filled, OPTIONS);
  }
}

const templatesIn = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.hbs'))
    .map((file) => join(folder, file));
