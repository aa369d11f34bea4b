import { NLA_F_NESTED, parseIp, type IpFamily, type Writer } from '../../../codec';
import { CTA } from './ctnetlink';
import { distinctionOf } from './protocols';
import { appendAddress, type ConnectionTuple } from './tuple';

const CTA_NAT = { V4_MINIP: 1, V4_MAXIP: 2, PROTO: 3, V6_MINIP: 4, V6_MAXIP: 5 } as const;
const CTA_PROTONAT = { PORT_MIN: 1, PORT_MAX: 2 } as const;

/** The answers as they would come in if nothing were translated. */
export function untranslated(original: ConnectionTuple, reply: ConnectionTuple, protocol: number): ConnectionTuple {
  const swapped = { ...reply, source: original.destination, destination: original.source };
  switch (distinctionOf(protocol)) {
    case 'ports':
      return { ...swapped, sourcePort: original.destinationPort, destinationPort: original.sourcePort };
    case 'icmp':
      return { ...swapped, icmpId: original.icmpId };
    case 'nothing':
      return swapped;
  }
}

/**
 * Writes how a new connection is translated, which follows from where its answers come in: the kernel makes its tuple of
 * answers of that, and takes no translated one.
 */
export function appendNat(
  writer: Writer,
  family: IpFamily,
  reply: ConnectionTuple,
  plain: ConnectionTuple,
  protocol: number,
): void {
  const number = distinctionOf(protocol) === 'icmp' ? 'icmpId' : undefined;
  const ofSource = number ?? 'destinationPort';
  const ofDestination = number ?? 'sourcePort';
  if (!isSame(reply.destination, plain.destination) || reply[ofSource] !== plain[ofSource])
    appendRange(writer, family, CTA.NAT_SRC, 'destination', reply.destination, reply[ofSource]);
  // A number of ICMP is translated on the one way, of which it is told above.
  const isOther = number === undefined && reply[ofDestination] !== plain[ofDestination];
  if (!isSame(reply.source, plain.source) || isOther)
    appendRange(
      writer,
      family,
      CTA.NAT_DST,
      'source',
      reply.source,
      number === undefined ? reply[ofDestination] : undefined,
    );
}

function isSame(one: string, other: string): boolean {
  return Buffer.compare(parseIp(one), parseIp(other)) === 0;
}

/** One address, and one number. */
function appendRange(
  writer: Writer,
  family: IpFamily,
  which: number,
  name: 'source' | 'destination',
  address: string,
  number: number | undefined,
): void {
  const start = writer.beginAttribute(which | NLA_F_NESTED);
  appendAddress(writer, family, name, address, CTA_NAT.V4_MINIP, CTA_NAT.V6_MINIP);
  appendAddress(writer, family, name, address, CTA_NAT.V4_MAXIP, CTA_NAT.V6_MAXIP);
  if (number !== undefined) {
    const ofProtocol = writer.beginAttribute(CTA_NAT.PROTO | NLA_F_NESTED);
    for (const end of [CTA_PROTONAT.PORT_MIN, CTA_PROTONAT.PORT_MAX]) {
      const attribute = writer.beginAttribute(end);
      writer.view.setUint16(writer.reserve(2), number, false);
      writer.endAttribute(attribute);
    }
    writer.endAttribute(ofProtocol);
  }
  writer.endAttribute(start);
}
