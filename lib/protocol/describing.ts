import type { LinkReference, Source } from '../codec';
import type { MessageSent, Request } from './netlink';

/**
 * Describes a sent message from its decoded row; `device` is the offset of the link's index in its header, since
 * requests mostly name the link by its name.
 */
export function describing<Row extends object>(
  decode: (source: Source, start: number, end: number) => Row | undefined,
  subjectOfRow: (row: Row & { device: LinkReference }) => string,
  device?: number,
): NonNullable<Request['describe']> {
  return ({ source, start, end, nameAt }: MessageSent) => {
    const row = decode(source, start, end) as Row & { device: LinkReference };
    const name = device === undefined ? undefined : nameAt(start + device);
    return subjectOfRow(name === undefined ? row : { ...row, device: name });
  };
}

/** How errors call an entry of a link. */
export function entryOf(device: LinkReference | undefined): string {
  return typeof device === 'string' ? `'${device}'` : `link ${String(device)}`;
}
