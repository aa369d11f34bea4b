import { createNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { scratchNamespace, uniqueName } from '../support/scratch';

describeKernel('ids of namespaces', () => {
  test('are listed as `ip` lists them', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await using c = await scratchNamespace();
    expect(await a.namespaceIds.list()).toEqual([]);

    const first = await a.namespaceIds.add(b);
    const second = await a.namespaceIds.add(c, 4711);

    expect(second).toBe(4711);
    const ids = await a.namespaceIds.list();
    expect(ids.map(({ id }) => id).sort()).toEqual([first, second].sort());
    expect((await ip(a, 'netns list-id')).map(({ nsid }) => nsid)).toEqual(ids.map(({ id }) => id));
  });

  test('are found by namespace and by process', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    expect(await a.namespaceIds.get(b)).toBeUndefined();
    expect(await a.namespaceIds.get({ pid: process.pid })).toBeUndefined();

    const id = await a.namespaceIds.add(b, 7);
    const ours = await a.namespaceIds.add({ pid: process.pid });

    expect(await a.namespaceIds.get(b)).toBe(id);
    expect(await a.namespaceIds.get({ pid: process.pid })).toBe(ours);
    expect(await b.namespaceIds.get(a)).toBeUndefined();
  });

  test('that `ip netns set` gave are known', async () => {
    await using a = await scratchNamespace();
    const name = uniqueName();
    await using b = await createNamespace(name);

    await run(a, 'ip', ['netns', 'set', name, '42']);

    expect(await a.namespaceIds.get(b)).toBe(42);
    expect(await a.namespaceIds.list()).toEqual([{ id: 42 }]);
  });

  test('are those that links bear', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();

    await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right', namespace: b } });

    const { linkNamespaceId } = await a.links.get('left');
    expect(await a.namespaceIds.get(b)).toBe(linkNamespaceId);
  });

  test('are given once', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await using c = await scratchNamespace();
    await a.namespaceIds.add(b, 1);

    await expect(a.namespaceIds.add(b)).rejects.toMatchObject({ code: 'EEXIST', property: 'namespace' });
    await expect(a.namespaceIds.add(c, 1)).rejects.toMatchObject({
      code: 'EEXIST',
      property: 'id',
      subject: 'namespace id 1',
    });
    expect(await a.namespaceIds.get(c)).toBeUndefined();
  });

  test('of what is no namespace are refused before anything is sent', async () => {
    await using a = await scratchNamespace();
    const named = (name: string, property: string) => ({ name, property });

    await expect(a.namespaceIds.get(5 as never)).rejects.toMatchObject(named('TypeError', 'namespace'));
    await expect(a.namespaceIds.get({ pid: 0 })).rejects.toMatchObject(named('RangeError', 'namespace.pid'));
    await expect(a.namespaceIds.add(a, -1)).rejects.toMatchObject(named('RangeError', 'id'));
    await expect(a.namespaceIds.add(a, '1' as never)).rejects.toMatchObject(named('TypeError', 'id'));
  });

  test('of a process that is gone', async () => {
    await using a = await scratchNamespace();

    await expect(a.namespaceIds.get({ pid: 0x7fffffff })).rejects.toMatchObject({ code: 'ESRCH' });
  });
});
