/** The kernel's numbers of address families. */
export const AF = { unspec: 0, unix: 1, inet: 2, bridge: 7, inet6: 10, packet: 17, mpls: 28 } as const;

/** An address family, by iproute2's word. */
export type IpFamily = 'inet' | 'inet6';

/** The names of families in errors. */
export const familyNames = { inet: 'IPv4', inet6: 'IPv6' } as const;

/** The family of an address with these bytes. */
export function familyOf(bytes: Uint8Array): IpFamily {
  return bytes.length === 4 ? 'inet' : 'inet6';
}

/** The family that the text of an address or prefix suggests; the text is not checked otherwise. */
export function familyOfText(value: unknown): IpFamily {
  return typeof value === 'string' && value.includes(':') ? 'inet6' : 'inet';
}

/** The word of a family's number; the number itself for families without a word here. */
export function familyWord(number: number): IpFamily | number {
  return number === AF.inet ? 'inet' : number === AF.inet6 ? 'inet6' : number;
}
