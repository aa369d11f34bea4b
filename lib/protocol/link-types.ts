import type { Decoded, Encodable, Fields, UnknownAttribute } from '../codec';
import type { linkFields } from './link-attributes';
import type { LinkKind } from './link-kind';
import type { LinkPortOptions, LinkPortState } from './link-kinds/types';

/** What every link has and requests may say. */
export interface LinkCommonOptions extends LinkPortOptions, Encodable<typeof linkFields> {}

/** What every link has. */
export interface LinkCommon extends LinkPortState, Decoded<typeof linkFields> {
  name: string;
  mtu: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
}

/** What requests may say of a link of a kind: what every link has, and what only the kind has. */
export type OptionsOfKind<K> =
  K extends LinkKind<infer Kind, infer F extends Fields> ? LinkCommonOptions & { kind: Kind } & Encodable<F> : never;

/** What the kernel says of a link of a kind. */
export type StateOfKind<K> =
  K extends LinkKind<infer Kind, infer F extends Fields>
    ? LinkCommon & { kind: Kind } & Decoded<F> & {
          /** Attributes of its kind that this library has no name for: their numbers mean something else. */
          unknownKindAttributes?: UnknownAttribute[];
        }
    : never;

/** What requests may say of a link as a port of a kind of master. */
export type PortOptionsOfKind<K> = K extends LinkKind<string, infer F extends Fields> ? Encodable<F> : never;

/** What a kind of master says of a link as its port. */
export type PortStateOfKind<K> =
  K extends LinkKind<string, infer F extends Fields>
    ? Decoded<F> & {
        /** Attributes of the port that this library has no name for. */
        unknownAttributes?: UnknownAttribute[];
      }
    : never;
