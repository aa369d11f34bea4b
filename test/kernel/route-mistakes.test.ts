import type { RouteOptions } from '../../lib';
import { describeKernel, kernelTest } from '../support/kernel';
import { network, tableOf } from '../support/routes';

describeKernel('mistakes with routes', () => {
  test.each<[RouteOptions, object]>([
    [
      { destination: 'default', gateway: '192.0.2.1' },
      { code: 'ENETUNREACH', kernelMessage: 'Nexthop has invalid gateway', subject: 'route to default' },
    ],
    [{ destination: 'default', gateway: '2001:db8:ffff::1' }, { code: 'EHOSTUNREACH' }],
    [
      { destination: '10.1.1.0/24', device: 'v0' },
      { code: 'EEXIST', request: 'RTM_NEWROUTE' },
    ],
    [
      { destination: 'default', device: 'nothing' },
      { code: 'ENODEV', property: 'device', kernelMessage: "there is no link 'nothing'" },
    ],
    [{ destination: 'default', device: 4242 }, { code: 'ENODEV' }],
    [
      { destination: 'default', nexthops: [{ device: 'v0' }, { device: 'nothing' }] },
      { code: 'ENODEV', property: 'nexthops[1].device' },
    ],
    [
      { destination: 'default', gateway: '10.1.1.2', metrics: { congestionControl: 'none-such' } },
      { code: 'EINVAL', kernelMessage: 'Unknown tcp congestion algorithm' },
    ],
    [
      { destination: 'default', gateway: '10.1.1.2', preferredSource: '192.0.2.7' },
      { code: 'EINVAL', kernelMessage: 'Invalid prefsrc address' },
    ],
    [{ destination: '10.9.0.0/16', gateway: '10.1.1.2', nexthopId: 4242 }, { code: 'EINVAL' }],
  ])('adding %j says %j', async (options, expected) => {
    await using a = await network();
    const before = await tableOf(a);

    await expect(a.routes.add(options)).rejects.toMatchObject({ name: 'NetlinkError', ...expected });

    expect(await tableOf(a)).toEqual(before);
  });

  kernelTest('deleting what is not there says ESRCH', async () => {
    await using a = await network();

    await expect(a.routes.delete({ destination: '10.9.0.0/16' })).rejects.toMatchObject({ code: 'ESRCH' });
    await expect(a.routes.delete({ destination: '10.1.1.0/24', metric: 9 })).rejects.toMatchObject({ code: 'ESRCH' });
    await expect(a.routes.delete({ destination: '2001:db8:9::/48' })).rejects.toMatchObject({ code: 'ESRCH' });
    await a.routes.delete({ destination: '10.1.1.0/24' });
  });

  kernelTest('a filter or a lookup with an unknown link names it', async () => {
    await using a = await network();

    await expect(a.routes.list({ device: 'nothing' })).rejects.toMatchObject({ code: 'ENODEV', property: 'device' });
    await expect(a.routes.get('10.1.1.1', { inputDevice: 'nothing' })).rejects.toMatchObject({
      code: 'ENODEV',
      property: 'inputDevice',
    });
  });

  kernelTest('what is wrong already here never reaches the kernel, and fails alone', async () => {
    await using a = await network();
    const before = await tableOf(a);

    const [good, bad] = await Promise.allSettled([
      a.routes.add({ destination: '10.9.0.0/16', type: 'blackhole' }),
      a.routes.add({ destination: '10.1.1.7/24', device: 'v0' }),
    ]);

    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'RangeError', property: 'destination' } });
    expect(await tableOf(a)).toHaveLength(before.length + 1);
  });
});
