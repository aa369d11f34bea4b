import { linkKind } from '../link-kind';

/** A link that swallows what it is sent. */
export const dummy = linkKind('dummy', {});

/** Intermediate functional block: a link to queue received packets on. */
export const ifb = linkKind('ifb', {});
