import type { NetworkNamespace } from '../../lib';
import { ip, type Row } from './oracle';

const tunnels = /^(tunl|gre|gretap|erspan|sit|ip_vti|ip6_vti|ip6tnl|ip6gre)0$/;

/** Whether a link is in every namespace: with the drivers of some tunnels a device of each. */
export function isTunnelOfEach(name: unknown): boolean {
  return tunnels.test(String(name));
}

/** What iproute2 shows of the links of a namespace, but for those that drivers put into each. */
export async function shownLinks(namespace: NetworkNamespace, what: 'link' | 'address' = 'link'): Promise<Row[]> {
  return (await ip(namespace, `${what} show`)).filter(({ ifname }) => !isTunnelOfEach(ifname));
}
