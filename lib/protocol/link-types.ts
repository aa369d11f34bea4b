import type { CreateOnlyField, Decoded, Encodable, Fields, UnknownAttribute } from '../codec';
import type { linkFields } from './link-attributes';
import type { LinkKind } from './link-kind';
import type { LinkPortOptions, LinkPortState } from './link-kinds/types';

/** Options of every link. */
export interface LinkCommonOptions extends LinkPortOptions, Encodable<typeof linkFields> {}

/** Properties of every link. */
export interface LinkCommon extends LinkPortState, Decoded<typeof linkFields> {
  /** Name: at most 15 bytes. IFLA_IFNAME. */
  name: string;
  /** Largest packet in bytes, without the link-layer header. IFLA_MTU. */
  mtu: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
}

interface OfKind<Kind> {
  /** What kind of link it is. IFLA_INFO_KIND. */
  kind: Kind;
}

/** Options of a link of a kind: those of every link, and those of the kind. */
export type OptionsOfKind<K> =
  K extends LinkKind<infer Kind, infer F extends Fields> ? LinkCommonOptions & OfKind<Kind> & Encodable<F> : never;

/** Options of every link that can be changed: all but those chosen when it is made. */
export interface LinkChangesOfEveryKind extends Omit<LinkCommonOptions, 'index' | CreateOnly<typeof linkFields>> {}

/** Options that are chosen when a link is made. */
export type CreateOnly<F> = { [Name in keyof F]: F[Name] extends CreateOnlyField ? Name : never }[keyof F];

/** Properties of a link of a kind. */
export type StateOfKind<K> =
  K extends LinkKind<infer Kind, infer F extends Fields>
    ? LinkCommon &
        OfKind<Kind> &
        Decoded<F> & {
          /** Attributes of its kind that this library has no name for: their numbers mean something else. */
          unknownKindAttributes?: UnknownAttribute[];
        }
    : never;

/** Options of a link as a port of a kind of master. */
export type PortOptionsOfKind<K> = K extends LinkKind<string, infer F extends Fields> ? Encodable<F> : never;

/** Properties of a link as a port of a kind of master. */
export type PortStateOfKind<K> =
  K extends LinkKind<string, infer F extends Fields>
    ? Decoded<F> & {
        /** Attributes of the port that this library has no name for. */
        unknownAttributes?: UnknownAttribute[];
      }
    : never;
