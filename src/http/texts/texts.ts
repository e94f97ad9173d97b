import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { en } from './en.js';
import type { Language } from './language.js';

export type TextKey = keyof typeof en.texts;

/** What is filled in for `{name}`. `count` also decides the plural form, and is written as a number of the language. */
export type Params = Readonly<Record<string, string | number | undefined>>;

/** A text by its key, to be written in the language of whoever reads it. */
export interface Phrase {
  key: TextKey;
  params?: Params;
}
/** Words of ours, or text as it is. */
export type Words = Phrase | string;

export const phrase = (key: TextKey, params?: Params): Phrase => ({ key, ...(params && { params }) });

/** The texts, dates and numbers of one language. */
export class Texts {
  /** Between whole units and fractions of an amount. */
  readonly decimalSign: string;
  private readonly plural: Intl.PluralRules;
  private readonly number: Intl.NumberFormat;
  private readonly dateFormat: Intl.DateTimeFormat;
  private readonly monthFormat: Intl.DateTimeFormat;

  constructor(readonly language: Language<TextKey>) {
    const { lang, amounts, dates } = language;
    this.decimalSign = decimalSign(amounts);
    this.plural = new Intl.PluralRules(lang);
    this.number = new Intl.NumberFormat(amounts);
    this.dateFormat = new Intl.DateTimeFormat(dates, DATE);
    this.monthFormat = new Intl.DateTimeFormat(dates, MONTH);
  }

  /** The locale for `formatAmount`. */
  get locale(): string {
    return this.language.amounts;
  }

  /** @throws Error where the language has no such text */
  t = (key: TextKey, params?: Params): string => {
    const text = this.language.texts[key];
    if (text === undefined) throw new Error(`No text ${key} in ${this.language.lang}`);
    const template = typeof text === 'string' ? text : (text[this.plural.select(Number(params?.count))] ?? text.other);
    if (template === undefined) throw new Error(`No plural form of ${key} in ${this.language.lang}`);
    return params ? template.replaceAll(/\{(\w+)\}/g, (_, name: string) => this.filled(params[name])) : template;
  };

  say = (words: Words): string => (typeof words === 'string' ? words : this.t(words.key, words.params));

  /** A date in UTC, and the ISO form for a `<time>` element. */
  date = (date: Date) => ({ text: this.dateFormat.format(date), iso: date.toISOString() });

  /** A date's month, such as `November 2026`, in UTC. */
  month = (date: Date): string => this.monthFormat.format(date);

  private filled(value: string | number | undefined): string {
    return typeof value === 'number' ? this.number.format(value) : (value ?? '');
  }
}

const DATE = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
} as const;
const MONTH = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;

export const english = new Texts(en);

/** The languages of the pages. The first one is for browsers that ask for none of them. */
export const languages: Texts[] = [english];

/** The language that the browser prefers among ours. */
function textsOf(request: Request): Texts {
  if (languages.length === 1) return english;
  const asked = request.acceptsLanguages(languages.map(({ language }) => language.lang));
  return languages.find(({ language }) => language.lang === asked) ?? english;
}

/** The decimal signs to understand in an amount: the page's own first, and that of the language the browser asks for first. */
export function amountSigns(request: Request, texts: Texts): string {
  const own = texts.decimalSign;
  const [asked = '*'] = request.acceptsLanguages();
  return [...new Set([own, asked === '*' ? own : decimalSign(asked)])].join('');
}

/** The sign between whole units and fractions in a language; `.` where there is no such language. */
function decimalSign(locale: string): string {
  try {
    const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
    return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
  } catch {
    return '.';
  }
}

/** Keeps the language of each request where the views find it, and `textsFor`. */
export function setLanguage(request: Request, response: Response, next: NextFunction): void {
  response.locals.texts = textsOf(request);
  next();
}

/** The texts for the page that this response is. */
export const textsFor = ({ locals }: Response): Texts => (locals.texts as Texts | undefined) ?? english;

/** The texts for the page that a route answers with: `home(@PageTexts() texts: Texts)`. */
export const PageTexts = createParamDecorator((_: unknown, context: ExecutionContext): Texts =>
  textsFor(context.switchToHttp().getResponse<Response>()),
);
