import type { NetworkNamespace } from '../../../lib';
import { scratchNamespace } from '../scratch';
import type { World } from './calls';

/** New namespaces without names, gone with the block that holds them. */
export async function newWorld(): Promise<World & AsyncDisposable> {
  const [a, b, aside] = await Promise.all([quietNamespace(), quietNamespace(), quietNamespace()]);
  // The kernel gives ids in its own time as well, when a link of a pair has news.
  for (const [number, one] of [a, b, aside].entries()) {
    for (const [id, other] of [a, b, aside].entries()) if (id !== number) await one.namespaceIds.add(other, id);
  }
  return {
    a,
    b,
    aside,
    async [Symbol.asyncDispose]() {
      await Promise.all([a.close(), b.close(), aside.close()]);
    },
  };
}

/** A namespace whose kernel makes no IPv6 addresses, and asks for none, in its own time. */
export async function quietNamespace(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.sysctl.set(quiet);
  return namespace;
}

/** Settings for links that are made later. */
const quiet = {
  'net.ipv6.conf.default.addr_gen_mode': 1,
  'net.ipv6.conf.default.accept_dad': 0,
  'net.ipv6.conf.default.accept_ra': 0,
  'net.ipv6.conf.default.router_solicitations': 0,
};
