import { hostOrder } from '../../lib/codec';
import { operate } from '../../lib/transport/runtime';
import { describeKernel, requiresOracle } from '../support/kernel';
import { run } from '../support/oracle';
import { generic, scratchPlace } from '../support/operations';

const statistics = (socket: number, device: string) =>
  operate((addon, id) => {
    addon.deviceStatistics(id, socket, device);
  });

function numbers(data: ArrayBuffer | undefined): bigint[] {
  const view = new DataView(data!);
  return Array.from({ length: view.byteLength / 8 }, (_, index) => view.getBigUint64(index * 8, hostOrder));
}

describeKernel('the counters of a driver', [requiresOracle('ethtool')], () => {
  test('are those that ethtool -S lists', async () => {
    using place = await scratchPlace(generic);
    await run(place, 'ip', ['link', 'add', 'v0', 'numrxqueues', '3', 'type', 'veth', 'peer', 'v1']);
    const listed = await run(place, 'ethtool', ['-S', 'v0']);

    const { errno, data } = await statistics(place.socket, 'v0');

    expect(errno).toBe(0);
    expect(numbers(data)).toEqual([...listed.matchAll(/: (\d+)$/gm)].map(([, number]) => BigInt(number!)));
  });

  test.each([
    ['lo', { errno: 95, call: 'SIOCETHTOOL' }],
    ['nothing', { errno: 19, call: 'SIOCETHTOOL' }],
    ['a-name-too-long-for-a-device', { errno: 22, call: 'name' }],
  ])('are refused of %s', async (device, refusal) => {
    using place = await scratchPlace(generic);

    expect(await statistics(place.socket, device)).toMatchObject({ ...refusal, data: undefined });
  });
});
