import { createNamespace, reserveNamespaces } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { namespacesHeld } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';

describeKernel('namespaces made ahead', () => {
  let before: number[];
  const ahead = () => namespacesHeld().filter((inode) => !before.includes(inode));

  beforeEach(async () => {
    // Threads, each of which knows its way home.
    const one = await scratchNamespace();
    await one.links.list();
    await one.close();
    // Not that one, whose number may be given again.
    before = namespacesHeld();
  });

  test('are there before anybody asks, and go when nobody will', async () => {
    const reserve = await reserveNamespaces(3);
    expect(reserve.count).toBe(3);
    expect(new Set(ahead()).size).toBe(3);

    await reserve.close();
    await reserve.close();

    expect(ahead()).toEqual([]);
  });

  test('are what is created next, new and empty, with a name and without', async () => {
    await using _reserve = await reserveNamespaces(2);
    const made = ahead();

    await using named = await createNamespace(uniqueName());
    await using unnamed = await createNamespace(undefined, (inside) => [inside.links.set('lo', { up: true })]);

    expect(made).toEqual(expect.arrayContaining([named.inode, unnamed.inode]));
    expect(await ip(named, 'link show')).toMatchObject([{ ifname: 'lo', operstate: 'DOWN' }]);
    expect(await ip(unnamed, 'link show')).toMatchObject([
      { ifname: 'lo', flags: expect.arrayContaining(['UP']) as unknown },
    ]);
  });

  test('are replaced, and never given twice', async () => {
    await using _reserve = await reserveNamespaces(1);

    const created = await Promise.all(Array.from({ length: 30 }, () => createNamespace()));

    expect(new Set(created.map(({ inode }) => inode)).size).toBe(30);
    await Promise.all(created.map((namespace) => namespace.close()));
    while (ahead().length !== 1) await new Promise(setImmediate);
  });

  test('add up', async () => {
    const first = await reserveNamespaces(2);
    await using _second = await reserveNamespaces(1);
    expect(ahead()).toHaveLength(3);

    await first.close();

    expect(ahead()).toHaveLength(1);
  });

  test.each([0, -1, 1.5, 1025, '3', undefined])('cannot be %p', async (count) => {
    await expect(reserveNamespaces(count as number)).rejects.toMatchObject({ property: 'count' });
    expect(ahead()).toEqual([]);
  });
});
