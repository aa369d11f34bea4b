import { AF, checkInteger, encodeLinkLayerAddress, type IpFamily } from '../codec';
import { at, show, wrongType, wrongValue } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions, whenRead, type Checks } from '../options';
import { openSocketInside, type SocketRequest } from './open-socket';
import { commonDevice, parseHost, socketAddress } from './socket-address';
import { deviceIndex } from './socket-device';
import { socketError } from './socket-error';
import { checkPort, socketChecks, socketOptions, type SocketOptions } from './socket-options';

/** A socket as socket(2) makes it. Words are the kernel's, in lower case; its numbers are accepted, too. */
export interface RawSocketOptions extends SocketOptions {
  /** AF_PACKET, AF_INET ... */
  family: keyof typeof families | number;
  /** SOCK_RAW, SOCK_DGRAM ... */
  type: keyof typeof types | number;
  /**
   * IPPROTO_ICMP ... for 'inet' and 'inet6', ETH_P_ALL ... for 'packet', NETLINK_ROUTE ... for 'netlink'; in the host's
   * byte order. 0 by default, the usual protocol of the type; a packet socket then receives nothing.
   */
  protocol?: string | number | undefined;
  /** The address that it is bound to, of 'inet' and 'inet6'; not bound by default. */
  address?: string | undefined;
  /** The port that it is bound to, with the address. */
  port?: number | undefined;
}

const rawChecks: Checks<RawSocketOptions> = {
  ...socketChecks,
  family: whenRead,
  type: whenRead,
  protocol: whenRead,
  address: whenRead,
  port: checkPort,
};

const families = { ...{ inet: AF.inet, inet6: AF.inet6, packet: AF.packet, unix: AF.unix }, netlink: 16 } as const;
const types = { stream: 1, dgram: 2, raw: 3, seqpacket: 5 } as const;
const internetProtocols = {
  ...{ icmp: 1, igmp: 2, tcp: 6, udp: 17, gre: 47, esp: 50, ah: 51, icmpv6: 58, ospf: 89, vrrp: 112 },
  ...{ sctp: 132, raw: 255, mptcp: 262 },
};
const etherTypes = {
  all: 0x0003,
  ip: 0x0800,
  arp: 0x0806,
  '8021q': 0x8100,
  ipv6: 0x86dd,
  mpls_uc: 0x8847,
  lldp: 0x88cc,
};
const netlinkProtocols = {
  ...{ route: 0, sock_diag: 4, xfrm: 6, audit: 9, netfilter: 12, kobject_uevent: 15, generic: 16 },
};
const protocols: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  [families.inet]: internetProtocols,
  [families.inet6]: internetProtocols,
  [families.packet]: etherTypes,
  [families.netlink]: netlinkProtocols,
};

/**
 * Makes a socket inside a namespace and resolves with its descriptor, non-blocking and close-on-exec, which is the caller's
 * to close. Rejects with a NamespaceError, or Node's error of bind.
 */
export async function openSocket(handle: NamespaceHandle, given: RawSocketOptions): Promise<number> {
  const options = checkedOptions(given, rawChecks, "{ family: 'packet', type: 'raw' }");
  const family = numberOf('family', options.family, families);
  const type = numberOf('type', options.type, types);
  const protocol = numberOf('protocol', options.protocol ?? 0, protocols[family] ?? {});
  const request: SocketRequest =
    family === AF.packet
      ? await packetSocket(handle, type, protocol, options)
      : { family, type, protocol, ...boundTo(handle, family, options) };
  const opened = await openSocketInside(handle, request);
  return opened.take();
}

/**
 * A packet socket is bound to its device by its address. A protocol given to socket(2) would make it receive from all
 * devices until then.
 */
async function packetSocket(
  handle: NamespaceHandle,
  type: number,
  protocol: number,
  { device, mark, ...options }: RawSocketOptions,
): Promise<SocketRequest> {
  at('protocol', () => {
    checkInteger(protocol, 0, 0xffff);
  });
  refuse(options, ['address', 'port', 'reusePort', 'ipv6Only', 'transparent', 'freebind'], 'packet');
  const chosen = socketOptions({ mark, device }, 'inet').filter(({ subject }) => subject === 'mark');
  const index = device === undefined ? 0 : await deviceIndex(handle, device, { syscall: 'bind', property: 'device' });
  return { family: AF.packet, type, options: chosen, address: encodeLinkLayerAddress(protocol, index) };
}

function boundTo(
  handle: NamespaceHandle,
  family: number,
  options: RawSocketOptions,
): Pick<SocketRequest, 'options' | 'address' | 'addressError'> {
  const { address, port = 0, device } = options;
  if (family !== AF.inet && family !== AF.inet6) {
    refuse(options, ['address', 'port', 'ipv6Only', 'transparent', 'freebind'], show(options.family));
    return { options: socketOptions(options, 'inet') };
  }
  const word: IpFamily = family === AF.inet ? 'inet' : 'inet6';
  if (address === undefined && port === 0) return { options: socketOptions(options, word) };
  const local = parseHost('address', address ?? (word === 'inet' ? '0.0.0.0' : '::'));
  if (local.family !== word) throw wrongValue(`must be of the family of the socket, not ${show(address)}`, 'address');
  return {
    options: socketOptions(options, word, commonDevice(device, local)),
    address: socketAddress(local, port),
    addressError: (errno) => socketError({ errno, syscall: 'bind', address: local.text, port, where: handle.where }),
  };
}

function refuse(options: RawSocketOptions, properties: (keyof RawSocketOptions)[], family: string): void {
  for (const property of properties) {
    if (options[property] !== undefined) throw wrongValue(`does not go with the family ${family}`, property);
  }
}

function numberOf(property: string, value: unknown, words: Readonly<Record<string, number>>): number {
  if (typeof value === 'number') {
    at(property, () => {
      checkInteger(value, 0, 0x7fffffff);
    });
    return value;
  }
  const list = Object.keys(words);
  const expected = list.length === 0 ? 'a number' : `${list.map((word) => `'${word}'`).join(', ')} or a number`;
  if (typeof value !== 'string') throw wrongType(`must be ${expected}, not ${show(value)}`, property);
  if (!list.includes(value)) throw wrongValue(`must be ${expected}, not ${show(value)}`, property);
  return words[value]!;
}
