import { hostOrder, sourceOf } from '../codec';
import { ERRNO } from '../errno';
import type { StatisticNames } from '../protocol/generic/ethtool/string-sets';
import { NETLINK, type Query } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { one } from './elements';

const SIZE = 8;
/** A driver may get more counters, as queues come, between the question for their names and that for their values. */
const ATTEMPTS = 5;
/** The counters of a link's driver. Their names come over netlink, their values only by an ioctl. */
export async function readStatistics(
  transport: NetlinkTransport,
  query: Query<StatisticNames>,
): Promise<Record<string, number>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { device, names } = await one(transport.query(query));
    if (names.length === 0) return {};
    const { errno, call, data } = await transport.operateOn(NETLINK.GENERIC, (addon, id, socket) => {
      addon.deviceStatistics(id, socket, device);
    });
    if (errno === ERRNO.EOPNOTSUPP) return {};
    if (errno !== 0) throw transport.failure(query, { errno, call });
    const { view, bytes } = sourceOf(data ?? new ArrayBuffer(0));
    if (bytes.length !== names.length * SIZE) continue;
    return Object.fromEntries(names.map((name, index) => [name, Number(view.getBigUint64(index * SIZE, hostOrder))]));
  }
  throw transport.failure(query, {
    errno: ERRNO.EAGAIN,
    text: 'the number of counters kept changing while they were read',
  });
}
