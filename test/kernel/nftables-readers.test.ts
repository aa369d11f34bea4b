import { openNamespace } from '../../lib';
import { inOneGeneration } from '../../lib/collections/one-generation';
import { elementsIn } from '../../lib/collections/set-elements';
import { handleOf } from '../../lib/namespace/handle';
import { describeKernel, feature } from '../support/kernel';
import type { Held } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const inet = feature('nf_tables of both families', 'nft add table inet t');

const where = { family: 'inet', table: 't' } as const;

describeKernel('packet rules that another program changes while they are read', [inet], () => {
  test('are read again where something that was listed is deleted before it is read', async () => {
    await using namespace = await scratchNamespace();
    const { transport } = handleOf(namespace)!;
    const other = await openNamespace({ fd: (namespace as unknown as Held).fd });
    let reads = 0;

    const found = await inOneGeneration(transport, async () => {
      reads++;
      if (reads > 1) return other.nftables.tables.list();
      await other.nftables.tables.add({ family: 'inet', name: 't' });
      return await other.nftables.elements.list({ ...where, set: 'gone' });
    });
    await other.close();

    expect(found).toMatchObject([{ name: 't' }]);
    expect(reads).toBe(2);
  });

  test('fail as they are where nothing has changed', async () => {
    await using namespace = await scratchNamespace();
    const { transport } = handleOf(namespace)!;
    const other = await openNamespace({ fd: (namespace as unknown as Held).fd });
    const read = jest.fn(() => other.nftables.elements.list({ ...where, set: 'gone' }));

    const failed = inOneGeneration(transport, read);

    await expect(failed).rejects.toMatchObject({ code: 'ENOENT', request: 'NFT_MSG_GETSET' });
    await other.close();
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('a set is listed that has lost elements since they were counted', async () => {
    await using namespace = await scratchNamespace();
    const { transport } = handleOf(namespace)!;
    await namespace.nftables.batch((nft) => {
      const elements = [{ key: 1 }, { key: 2 }];
      nft.tables.add({ family: 'inet', name: 't' }).sets.add({ name: 's', key: 'mark', elements });
    });

    const found = await elementsIn(transport, { ...where, name: 's' }, { flags: [], count: 5 });

    expect(found).toHaveLength(2);
  });

  test('are reset as far as they are still there', async () => {
    await using namespace = await scratchNamespace();
    const other = await openNamespace({ fd: (namespace as unknown as Held).fd });
    let stop = false;
    const replace = (turn: number) =>
      other.nftables.batch((nft) => {
        nft.tables.add({ family: 'inet', name: 't' });
        nft.tables.delete({ family: 'inet', name: 't' });
        const table = nft.tables.add({ family: 'inet', name: 't' });
        table.chains.add({ name: 'c' });
        for (let port = 1; port <= 10; port++)
          table.rules.add({ chain: 'c', statements: [{ match: { tcp: { destinationPort: [port, 1000 + turn] } } }] });
      });
    await replace(0);
    const replacing = (async () => {
      for (let turn = 1; !stop; turn++) await replace(turn);
    })();

    try {
      for (let turn = 0; turn < 40; turn++) {
        const told = await namespace.nftables.rules.reset(where);
        expect(told.length).toBeLessThanOrEqual(10);
      }
    } finally {
      stop = true;
      await replacing;
      await other.close();
    }
  });
});
