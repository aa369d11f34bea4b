import { types } from 'node:util';

import { checkText } from '../../../codec';
import { at, wrongValue } from '../../../errors';

// What nft keeps with a rule, a set, an element or a table and the kernel only stores: bytes of number, size, value, again and again.

/** NFTNL_UDATA_RULE_COMMENT, which is 0 of tables, chains, sets and elements alike. */
const COMMENT = 0;
const LONGEST_COMMENT = 127;

/** What is kept under a number; undefined if nothing is. */
export function bytesIn(userData: Uint8Array | undefined, number: number): Uint8Array | undefined {
  if (userData === undefined) return undefined;
  for (let at = 0; at + 2 <= userData.length;) {
    const end = at + 2 + userData[at + 1]!;
    if (userData[at] === number && end <= userData.length) return userData.subarray(at + 2, end);
    at = end;
  }
  return undefined;
}

/** The comment in what nft keeps; undefined if there is none. */
export function commentIn(userData: Uint8Array | undefined, number = COMMENT): string | undefined {
  const bytes = bytesIn(userData, number);
  return bytes && new TextDecoder().decode(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes);
}

/** What nft would keep for a comment. */
export function userDataWith(comment: string | undefined, number = COMMENT): Uint8Array | undefined {
  if (comment === undefined) return undefined;
  checkText(comment, LONGEST_COMMENT);
  return commentBytes(comment, number);
}

function commentBytes(comment: string, number: number): Uint8Array {
  const text = new TextEncoder().encode(comment);
  return Uint8Array.from([number, text.length + 1, ...text, 0]);
}

/** What is kept with a thing: its comment, or all of it. */
export interface Kept {
  /** A text of at most 127 bytes. */
  comment?: string | undefined;
  /** All that is kept. */
  userData?: Uint8Array | undefined;
}

/** How it is kept: the number of the comment, and what nft keeps in front of it and behind it. */
interface Keeping {
  readonly number?: number;
  readonly before?: Uint8Array;
  readonly behind?: Uint8Array;
}

const nothing = new Uint8Array(0);

/** The bytes that are kept with a thing; undefined where there are none. Throws if a comment is not the one in the bytes that are given. */
export function keptBytes({ comment, userData }: Kept, keeping: Keeping = {}): Uint8Array | undefined {
  const { number = COMMENT, before, behind } = keeping;
  if (comment === undefined && userData === undefined && before === undefined && behind === undefined) return undefined;
  const ofComment = at('comment', () => userDataWith(comment, number));
  if (userData === undefined) {
    const own = around(ofComment, keeping);
    return own.length === 0 ? undefined : own;
  }
  if (comment !== undefined && (!types.isUint8Array(userData) || commentIn(userData, number) !== comment))
    throw wrongValue("must be the comment that 'userData' holds, or absent", 'comment');
  return userData;
}

/** What a row tells of the bytes: the comment, and all of them where this library would keep others. */
export function keptRow(
  userData: Uint8Array | undefined,
  keeping: Keeping = {},
): { comment?: string; userData?: Uint8Array } {
  const { number = COMMENT } = keeping;
  const comment = commentIn(userData, number);
  const own = around(comment === undefined ? undefined : commentBytes(comment, number), keeping);
  return {
    ...(comment !== undefined && { comment }),
    ...(Buffer.compare(own, userData ?? nothing) !== 0 && { userData: userData ?? nothing }),
  };
}

function around(ofComment: Uint8Array = nothing, { before = nothing, behind = nothing }: Keeping = {}): Uint8Array {
  return Uint8Array.from([...before, ...ofComment, ...behind]);
}
