type Parameters = Record<string, unknown>;

interface Renaming {
  /** Parts of the path that it is about. */
  paths: RegExp;
  /** The first version that has the new words alone. */
  until: string;
  translate(raw: Parameters): Parameters;
}

const RENAMINGS: Renaming[] = [
  {
    paths: /\/(payment_intents|checkout\/sessions)(\/|$)/,
    until: '2026-09-30',
    translate: ({ payment_method_types: types, ...rest }) =>
      types === undefined ? rest : { allowed_payment_method_types: types, ...rest },
  },
  {
    paths: /\/checkout\/sessions$/,
    until: '2026-03-25',
    translate: ({ ui_mode: mode, ...rest }) => ({
      ...rest,
      ...(mode !== undefined && { ui_mode: mode === 'hosted' || mode === 'embedded' ? `${mode}_page` : mode }),
    }),
  },
];

/**
 * Parameters in the words of today's API version. `version`: what the caller goes by. One who names none may use the old
 * words as well: their account could be as old.
 */
export function toCurrentVersion(path: string, version: string | undefined, raw: Parameters): Parameters {
  return RENAMINGS.filter(({ paths, until }) => paths.test(path) && (version ?? '') < until).reduce(
    (translated, { translate }) => translate(translated),
    raw,
  );
}
