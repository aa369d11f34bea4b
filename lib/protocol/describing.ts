import type { LinkReference, Source } from '../codec';
import type { MessageSent, Request } from './netlink';

/**
 * Tells what a message that was sent is about, from what it decodes to; `device` is the offset of a link's index in its header, which
 * was sent by name mostly.
 */
export function describing<Row extends object>(
  decode: (source: Source, start: number, end: number) => Row | undefined,
  subjectOf: (row: Row & { device: LinkReference }) => string,
  device?: number,
): NonNullable<Request['describe']> {
  return ({ source, start, end, nameAt }: MessageSent) => {
    const row = decode(source, start, end) as Row & { device: LinkReference };
    const name = device === undefined ? undefined : nameAt(start + device);
    return subjectOf(name === undefined ? row : { ...row, device: name });
  };
}

/** How errors call an entry of a link. */
export function entryOf(device: LinkReference | undefined): string {
  return typeof device === 'string' ? `'${device}'` : `link ${String(device)}`;
}
