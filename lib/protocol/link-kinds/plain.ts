import { linkKind } from '../link-kind';
import type { OptionsOfKind, StateOfKind } from '../link-types';

/** A link that discards all packets sent by it. */
export const dummy = linkKind('dummy', {});

/** A dummy to be made: a link that discards all packets sent by it. */
export interface DummyOptions extends OptionsOfKind<typeof dummy> {}

/** A dummy as the kernel describes it. */
export interface Dummy extends StateOfKind<typeof dummy> {}

/** Intermediate functional block: a link to queue received packets on. */
export const ifb = linkKind('ifb', {});

/** An intermediate functional block to be made: a link to queue received packets on. */
export interface IfbOptions extends OptionsOfKind<typeof ifb> {}

/** An intermediate functional block as the kernel describes it. */
export interface Ifb extends StateOfKind<typeof ifb> {}
