import type { NetworkNamespace } from '../../lib';
import { feature } from './kernel';
import { run } from './oracle';
import { scratchNamespace } from './scratch';

export const objects = feature('nf_tables with objects', 'nft add table ip t; nft add counter ip t c');

/** A table with objects and maps of them, and chains that rules can stand in. */
const WITH_OBJECTS = `table inet t {
  counter visits { }
  counter others { }
  quota most { over 1 mbytes; }
  limit few { rate 10/second; }
  ct helper ftp { type "ftp" protocol tcp; }
  ct timeout short { protocol udp; l3proto ip; policy = { unreplied : 10, replied : 7 }; }
  ct expectation next { protocol udp; dport 9876; timeout 2m; size 12; l3proto ip; }
  synproxy proxy { mss 1460; wscale 7; timestamp sack-perm; }
  map counters { type ipv4_addr : counter; elements = { 10.0.0.1 : "visits" }; }
  chain c { type filter hook prerouting priority filter; }
  chain in { type filter hook input priority filter; }
}`;

/** A namespace with table `inet t`, which has objects and maps of them, and chains that rules can stand in. */
export async function withObjects(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await run(namespace, 'nft', [WITH_OBJECTS]);
  return namespace;
}
