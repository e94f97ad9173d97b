import { isUtf8 } from 'node:buffer';
import { type IncomingEvent, otherAccountOf } from './incoming-event.js';

const [NUL, CARRIAGE_RETURN] = [0, 13];
const { raw } = String;
/** Text that stands for itself, or none. */
const PLAIN = raw`(?:"([ !#-[\]-~]*)"|null)`;
const SCALAR = raw`(?:"[^"\\\n]*"|\d+|true|false|null)`;
const HEAD = new RegExp(
  raw`^\{\n  "id": "(evt_\w{1,250})",\n  "object": "event",\n(?:  "account": ${PLAIN},\n)?(?:  "api_version": ${PLAIN},\n)?(?:  "context": ${PLAIN},\n)?` +
    raw`  "created": (\d{1,11}),\n  "data": \{\n    "object": \{(?=\n)`,
);
const TAIL_BEGINS = '\n  },\n  "livemode": ';
const REQUEST = raw`(?:${SCALAR}|\{\n    "id": ${SCALAR},\n    "idempotency_key": ${SCALAR}\n  \})`;
const TAIL = new RegExp(
  raw`${TAIL_BEGINS}(true|false),\n  "pending_webhooks": \d+,\n  "request": ${REQUEST},\n  "type": "([\w.]{1,250})"\n\}\n?$`,
  'y',
);
/** The end of the event's object, or before it what follows `app_name` in its metadata. Spaces are written out: they are found faster. */
const APP_NAME_OR_END = new RegExp(
  raw`\n(?:    \}|      "metadata": \{\n(?:        (?!"app_name").*\n)*        "app_name"(.*))`,
  'g',
);
const PLAIN_STRING = /^: "([ !#-[\]-~]*)",?$/;

/**
 * Reads what the inbox needs to know of a verified body where it is printed as Stripe prints events: these members in this order,
 * two spaces a level. No string of JSON holds a line end, so the spaces after one tell the depth. It costs less than to
 * read the event whole.
 *
 * `undefined` for everything else, which says nothing about it: `readEvent` does. Most of the body is taken for JSON without
 * a look: whoever hands the event to a handler reads it whole first.
 */
export function readOutline(body: Buffer): IncomingEvent | undefined {
  if (!isUtf8(body) || body.includes(NUL) || body.includes(CARRIAGE_RETURN)) return undefined;
  const text = body.toString('latin1'); // a byte is a character, and what is read is ASCII
  const head = HEAD.exec(text);
  const tail = head && execAt(TAIL, text, text.lastIndexOf(TAIL_BEGINS));
  const found = tail && execAt(APP_NAME_OR_END, text, head[0].length);
  if (!found) return undefined;
  const appName = found[1] === undefined ? undefined : PLAIN_STRING.exec(found[1])?.[1];
  if (found[1] !== undefined && appName === undefined) return undefined;
  return {
    id: head[1] as string,
    type: tail[2] as string,
    livemode: tail[1] === 'true',
    thin: false,
    carriesObject: true,
    account: otherAccountOf({ account: head[2], context: head[4] }),
    apiVersion: head[3],
    appName,
    createdAt: new Date(Number(head[5]) * 1_000),
    body,
    content: undefined,
  };
}

function execAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return at < 0 ? null : pattern.exec(text);
}
