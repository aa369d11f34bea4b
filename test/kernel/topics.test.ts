import type { NetworkNamespace } from '../../lib';
import { handleOf } from '../../lib/namespace/handle';
import { NETLINK, type Topic } from '../../lib/protocol/netlink';
import { Subscription } from '../../lib/transport/subscription';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

const NFNLGRP_NFTABLES = 7;
const NFT_MSG_NEWTABLE = 0x0a00;
const ETHTOOL_MSG_FEATURES_NTF = 13;

/** What the first event of a topic says, of those that come of something that is done. */
async function firstOf<Event extends object>(
  namespace: NetworkNamespace,
  topic: Topic<Event>,
  act: () => Promise<unknown>,
): Promise<Event> {
  const handle = handleOf(namespace)!;
  let heard: (event: Event) => void;
  let failed: (error: unknown) => void;
  const first = new Promise<Event>((resolve, reject) => ([heard, failed] = [resolve, reject]));
  const subscription = new Subscription((start, chunk) => handle.use(start, chunk), topic, {
    tell(news) {
      for (const one of news) heard(one as Event);
    },
    fail(error) {
      failed(error);
    },
  });
  try {
    await subscription.inForce;
    await act();
    return await first;
  } finally {
    subscription.close();
  }
}

const nftables = feature('nf_tables', 'nft add table bridge t');
const ethtool = feature('ethtool over netlink', 'genl ctrl get name ethtool | grep -q ethtool');

describeKernel('a subscription to another netlink protocol', () => {
  describeKernel('netfilter', [requiresOracle('nft'), nftables], () => {
    test('hears what it is told the groups of', async () => {
      await using namespace = await scratchNamespace();
      const topic: Topic<{ type: number }> = {
        protocol: NETLINK.NETFILTER,
        groups: [NFNLGRP_NFTABLES],
        decode: (type) => ({ type }),
      };

      const event = await firstOf(namespace, topic, () =>
        namespace.nftables.batch((nft) => {
          nft.tables.add({ family: 'bridge', name: 'heard' });
        }),
      );

      expect(event).toEqual({ type: NFT_MSG_NEWTABLE });
    });
  });

  describeKernel('generic netlink', [ethtool], () => {
    test('hears the group of a family, by its name', async () => {
      await using namespace = await scratchNamespace();
      await namespace.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
      const { id, groups = [] } = await namespace.genetlink.get('ethtool');
      const topic: Topic<{ isFamily: boolean; command: number }> = {
        protocol: NETLINK.GENERIC,
        groups: groups.filter(({ name }) => name === 'monitor').map((group) => group.id),
        decode: (type, { view }, start) => ({ isFamily: type === id, command: view.getUint8(start) }),
      };

      const event = await firstOf(namespace, topic, () =>
        namespace.ethtool.features.set('v0', { 'tx-checksum-ip-generic': false }),
      );

      expect(event).toEqual({ isFamily: true, command: ETHTOOL_MSG_FEATURES_NTF });
    });
  });
});
