/** What a terminal obeys, or what turns text around, instead of showing it. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * A text of one line, without a character that a terminal or a page obeys: each is written as JSON would. Names and reasons
 * come from anyone who may write to the namespace.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text whose lines are the tool's own. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Plain JSON whose every text and key is printable: what is composed of it has the lines and colours of who composes it. */
export function printableJson<T>(json: T): T {
  return ofJson(json) as T;
}

function ofJson(json: unknown): unknown {
  if (typeof json === 'string') return printable(json);
  if (Array.isArray(json)) return json.map(ofJson);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [printable(key), ofJson(value)]));
}
