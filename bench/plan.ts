/** What every contender builds: container networks on one bridge. floor.c knows the same shape. */
export interface Plan {
  /** Namespaces are called by this and a number. */
  prefix: string;
  networks: Network[];
  /** Whether both ends of each pair are left without IPv6 link-local addresses. */
  quiet: boolean;
  /** Whether all are under way at once, and not one after the other. */
  atOnce: boolean;
}

/** One container's network. Inside it has `lo` and `eth0`, both up, an address and a default route. */
export interface Network {
  /** The name of its namespace. */
  name: string;
  /** The end of its veth pair in the host, up and a port of the bridge. */
  hostEnd: string;
  address: string;
}

/** Made before the clock starts, and up. */
export const BRIDGE = 'br0';
export const GATEWAY = '10.200.255.254';

/** The first `count` networks. */
export function plan(count: number, { quiet = false, atOnce = false } = {}): Plan {
  const prefix = `bench-${process.pid}-`;
  const networks = Array.from({ length: count }, (_, number) => ({
    name: `${prefix}${number}`,
    hostEnd: `veth${number}`,
    address: `10.200.${(number + 1) >> 8}.${(number + 1) & 255}/16`,
  }));
  return { prefix, networks, quiet, atOnce };
}
