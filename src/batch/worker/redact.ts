/** Shorter parts of a prompt are left: they are words that a message and a prompt have in common. Unit: characters. */
const SHORTEST_QUOTE = 16;
/** Shorter prompts tell nothing, and a message without each `p`, `Hi` or `why` in it would tell nothing either. */
const SHORTEST_PROMPT = 4;
/** Keys are high in chance, so a few characters of one are no coincidence. Providers quote keys with the middle masked. */
const SHORTEST_KEY_PART = 6;
const LONGEST = 300;
/** A message is looked through up to here; what follows would be cut off anyway. */
const LOOKED_THROUGH = 4_000;

/** What a provider says, without what it quotes of the prompt and the key, in at most 300 characters. */
export function redact(message: string, prompt: string, apiKey: string): string {
  const start = message.slice(0, LOOKED_THROUGH);
  const withoutKey = withoutParts(start, apiKey, SHORTEST_KEY_PART, '[key]');
  const text = withoutPrompt(withoutKey, prompt.trim()).replace(/\s+/g, ' ').trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/**
 * A prompt too short to have parts is removed only where it stands alone: within a longer word it is no quote. Scripts that
 * put no spaces between words are not held to that.
 */
function withoutPrompt(message: string, prompt: string): string {
  if (prompt.length >= SHORTEST_QUOTE) return withoutParts(message, prompt, SHORTEST_QUOTE, '[prompt]');
  if (prompt.length < SHORTEST_PROMPT) return message;
  const literal = prompt.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return message.replace(new RegExp(`(?<!\\w)${literal}(?!\\w)`, 'g'), '[prompt]');
}

/** Replaces each run of `shortest` characters or more that stands in `secret`; a shorter secret only as a whole. */
function withoutParts(message: string, secret: string, shortest: number, instead: string): string {
  const least = Math.max(1, Math.min(shortest, secret.length));
  if (secret.length === 0) return message;
  let result = '';
  for (let at = 0; at < message.length;) {
    let length = least;
    if (at + length > message.length || !secret.includes(message.slice(at, at + length))) {
      result += message.charAt(at);
      at += 1;
      continue;
    }
    while (at + length < message.length && secret.includes(message.slice(at, at + length + 1))) length += 1;
    result += instead;
    at += length;
  }
  return result;
}
