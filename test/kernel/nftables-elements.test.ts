import { describeKernel } from '../support/kernel';
import { objects, withObjects } from '../support/nft-objects';
import { scratchNamespace } from '../support/scratch';

const where = { family: 'inet', table: 't' } as const;

describeKernel('elements of nf_tables', [objects], () => {
  test('are looked up by their keys', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      const elements = Array.from({ length: 200 }, (_, index) => ({ key: `10.0.0.${String(index)}` }));
      table.sets.add({ name: 's', key: 'ipv4_addr', elements });
      const ranges = [{ key: '10.0.0.0/8', comment: 'inner' }, { key: '192.0.2.7' }, { key: '255.0.0.0/8' }];
      table.sets.add({ name: 'r', key: 'ipv4_addr', flags: ['interval'], elements: ranges });
      const pairs = [{ key: ['10.0.0.0/8', { from: 80, to: 90 }] }];
      table.sets.add({ name: 'p', key: ['ipv4_addr', 'inet_service'], flags: ['interval'], elements: pairs });
    });
    const { elements } = namespace.nftables;
    const wanted = Array.from({ length: 150 }, (_, index) => ({ key: `10.0.0.${String(199 - index)}` }));

    expect(await elements.get({ ...where, set: 's', elements: wanted })).toEqual(wanted);
    expect(
      await elements.get({
        ...{ ...where, set: 'r' },
        elements: [{ key: '255.1.1.1' }, { key: '10.1.2.3' }, { key: '192.0.2.7' }, { key: '10.1.2.3' }],
      }),
    ).toEqual([
      { key: '255.0.0.0/8' },
      { key: '10.0.0.0/8', comment: 'inner' },
      { key: '192.0.2.7' },
      { key: '10.0.0.0/8', comment: 'inner' },
    ]);
    expect(await elements.get({ ...where, set: 'p', elements: [{ key: ['10.1.1.1', 85] }] })).toEqual([
      { key: ['10.0.0.0/8', { from: 80, to: 90 }] },
    ]);
    const missing = elements.get({ ...where, set: 's', elements: [{ key: '10.0.0.1' }, { key: '10.9.9.9' }] });
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT', request: 'NFT_MSG_GETSETELEM' });
    const misspelt = elements.get({ ...where, set: 's', elements: [{ key: '10.0.0.1' }, { key: '10.9.9' }] });
    await expect(misspelt).rejects.toMatchObject({ property: 'elements[1].key' });
  });

  test('go by their keys alone, or all together', async () => {
    await using namespace = await withObjects();
    await namespace.nftables.sets.add({ ...where, name: 's', key: 'mark', object: 'counter' });
    const set = { ...where, set: 's' };
    const elements = [1, 2, 3].map((key) => ({ key, object: 'visits' }));
    await namespace.nftables.elements.add({ ...set, elements });

    await namespace.nftables.elements.delete({ ...set, elements: [{ key: 2 }] });
    expect(await namespace.nftables.elements.list(set)).toEqual([elements[0], elements[2]]);
    await namespace.nftables.sets.flush({ ...where, name: 's' });

    expect(await namespace.nftables.elements.list(set)).toEqual([]);
    const none = namespace.nftables.sets.flush({ ...where, name: 'nothing' });
    await expect(none).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(namespace.nftables.sets.flush({ ...where } as never)).rejects.toMatchObject({ property: 'name' });
  });
});
