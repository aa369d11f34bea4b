import { pad, struct, uint8, type Fields, type Message, type OptionsOf, type StructInput } from '../../codec';
import { NETLINK, type Request } from '../netlink';

/** The header of every generic netlink message (`genlmsghdr`). */
export const genlmsghdr = struct({ command: uint8, version: uint8, pad: pad(2) });

type GenericMessage<F extends Fields> = Pick<
  Message<(typeof genlmsghdr)['members'], F>,
  'header' | 'fields' | 'encode' | 'locate'
>;

/** What a request of a generic family has of its own. */
interface Command<F extends Fields> extends Pick<Request, 'subject' | 'hint'> {
  /** As the kernel's sources call it: 'ETHTOOL_MSG_FEATURES_SET'. */
  readonly name: string;
  /** Its number in the family. */
  readonly command: number;
  /** Flags besides REQUEST and ACK. */
  readonly flags?: number;
  readonly values: Partial<OptionsOf<F>>;
}

/** A family of generic netlink: the kernel gives it a number when it is registered, so requests name it. */
export interface FamilyDeclaration {
  readonly name: string;
  /** A request of this family. */
  request<F extends Fields>(message: GenericMessage<F>, command: Command<F>): Request;
}

/** Declares a family of generic netlink, with the version of its messages. */
export function genericFamily(name: string, version: number): FamilyDeclaration {
  return {
    name,
    request(message, { name: request, command, flags = 0, values, ...more }) {
      const header = { command, version } as StructInput<(typeof genlmsghdr)['members']>;
      return {
        name: request,
        protocol: NETLINK.GENERIC,
        family: name,
        type: 0,
        flags,
        ...more,
        locate: message.locate,
        encode(writer) {
          message.encode(writer, values, { header });
        },
      };
    },
  };
}
