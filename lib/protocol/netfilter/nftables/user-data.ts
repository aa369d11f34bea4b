import { checkText } from '../../../codec';

// What nft keeps with a rule, a set, an element or a table and the kernel only stores: bytes of number, size, value, again and again.

/** NFTNL_UDATA_RULE_COMMENT, which is 0 of tables, chains, sets and elements alike. */
const COMMENT = 0;
const LONGEST_COMMENT = 127;

/** Where the comment lies: the bytes of its text, without its NUL. */
function commentSpan(userData: Uint8Array, number: number): [start: number, end: number] | undefined {
  for (let at = 0; at + 2 <= userData.length;) {
    const end = at + 2 + userData[at + 1]!;
    if (userData[at] === number && end <= userData.length) return [at + 2, userData[end - 1] === 0 ? end - 1 : end];
    at = end;
  }
  return undefined;
}

/** The comment in what nft keeps; undefined if there is none. */
export function commentIn(userData: Uint8Array | undefined, number = COMMENT): string | undefined {
  const span = userData && commentSpan(userData, number);
  return span && new TextDecoder().decode(userData.subarray(...span));
}

/** What nft would keep for a comment. */
export function userDataWith(comment: string | undefined, number = COMMENT): Uint8Array | undefined {
  if (comment === undefined) return undefined;
  checkText(comment, LONGEST_COMMENT);
  const text = new TextEncoder().encode(comment);
  return Uint8Array.from([number, text.length + 1, ...text, 0]);
}
