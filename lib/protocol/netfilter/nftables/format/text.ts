// What all of nft's text is made of.

/**
 * Something that nft has no words for, told so that nobody takes it for nft's: nft has no use for a question mark, and refuses text that
 * has one.
 */
export function withoutWords(what: string): string {
  return `<? ${what} ?>`;
}

/** Whether nft cannot say a character in quotes: it knows no escapes. */

const UNQUOTABLE = /["\u0000-\u001f\u007f]/;

/** A text in quotes. */
export function quoted(text: string): string {
  return UNQUOTABLE.test(text) ? withoutWords(JSON.stringify(text)) : `"${text}"`;
}

/** As {@link quoted}, for a text in which nft would put the value of a variable for its name: `$name`. */
export function quotedWithoutVariables(text: string): string {
  return text.includes('$') ? withoutWords(JSON.stringify(text)) : quoted(text);
}

const IDENTIFIER = /^[a-z_.][\w/.-]*$/i;

/** The name of a chain, a set or a flowtable, which nft has no quotes for. */
export function named(name: string): string {
  return IDENTIFIER.test(name) ? name : withoutWords(JSON.stringify(name));
}

/** Several, as the elements of a set. */
export function inBraces(elements: readonly string[]): string {
  return `{ ${elements.join(', ')} }`;
}

/** Those that there are, with spaces between. */
export function spaced(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

const UNITS_OF_BYTES = ['bytes', 'kbytes', 'mbytes'] as const;
const IN_UNIT = 1024;

/** Bytes in the largest of nft's units of which they are a whole number: '25 mbytes'. */
export function formatBytes(bytes: number): string {
  let [rest, unit] = [bytes, 0];
  while (rest > 0 && rest % IN_UNIT === 0 && unit < UNITS_OF_BYTES.length - 1) {
    rest /= IN_UNIT;
    unit++;
  }
  return `${String(rest)} ${UNITS_OF_BYTES[unit]!}`;
}

const MILLISECONDS = 1000;
const UNITS_OF_TIME = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Seconds in nft's units: '1h30m', '1s500ms'. */
export function formatSeconds(seconds: number): string {
  let rest = Math.round(seconds * MILLISECONDS);
  if (rest === 0) return '0s';
  let text = '';
  for (const [unit, size] of UNITS_OF_TIME) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0) text += `${String(count)}${unit}`;
  }
  return text;
}
