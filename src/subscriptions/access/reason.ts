import { english, phrase, type Phrase, type Texts } from '../../http/texts/texts.js';
import { ACCESS_REASONS, type AccessReason } from '../state/derive-access.js';

/** A reason as it is stored: `grace_over 2027-02-17T12:00:00.000Z`, or the key alone. */
export const storedReason = ({ key, at }: AccessReason): string => (at ? `${key} ${at.toISOString()}` : key);

/** A stored reason; `undefined` for one of a version that knew others. */
export function readReason(stored: string | null): AccessReason | undefined {
  const [name, time] = (stored ?? '').split(' ');
  const key = ACCESS_REASONS.find((known) => known === name);
  return key && { key, at: time === undefined ? null : new Date(time) };
}

/** The reason in words, with its dates as `texts` writes them. `until`: as derived beside it. */
export function reasonPhrase({ key, at }: AccessReason, until: Date | null, texts: Texts): Phrase {
  return phrase(`access.${key}`, {
    ...(at && { at: texts.date(at).text }),
    ...(until && { until: texts.date(until).text }),
  });
}

/** The reason in plain English, for logs and JSON. */
export const reasonInWords = (reason: AccessReason, until: Date | null): string =>
  english.say(reasonPhrase(reason, until, english));
