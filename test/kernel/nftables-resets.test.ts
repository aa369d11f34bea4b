import { describeKernel, kernelSince, kernelTest, requiresOracle } from '../support/kernel';
import { objects } from '../support/nft-objects';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const where = { family: 'inet', table: 't' } as const;

/** Statements that have counted so many packets. */
const counted = (packets: number) => [{ counter: { packets, bytes: packets * 10 } }];

describeKernel('resets of nf_tables', [requiresOracle('nft'), objects], () => {
  test('objects begin anew, and tell what they were', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.objects.add({ kind: 'counter', name: 'a', packets: 1, bytes: 2 });
      table.objects.add({ kind: 'counter', name: 'b', packets: 3, bytes: 4 });
      table.objects.add({ kind: 'quota', name: 'a', bytes: 100, used: 5 });
      table.objects.add({ kind: 'limit', name: 'a', rate: 1, per: 'second' });
    });
    const { objects } = namespace.nftables;

    expect(await objects.reset({ ...where, kind: 'counter', name: 'b' })).toMatchObject([{ packets: 3, bytes: 4 }]);
    expect(await objects.list({ kind: 'counter' })).toMatchObject([{ packets: 1 }, { packets: 0, bytes: 0 }]);
    expect(await objects.reset(where)).toMatchObject([
      { kind: 'counter', name: 'a', packets: 1 },
      { kind: 'counter', name: 'b', packets: 0 },
      { kind: 'quota', name: 'a', used: 5 },
    ]);
    expect(await run(namespace, 'nft', ['list', 'counters'])).not.toMatch(/packets [1-9]/);
    expect((await objects.list({ kind: 'quota' }))[0]).not.toHaveProperty('used');
  });

  kernelTest(
    'what counts in rules and for elements begins anew, and tells what it was',
    [kernelSince('6.5')],
    async () => {
      await using namespace = await scratchNamespace();
      await namespace.nftables.batch((nft) => {
        const table = nft.tables.add({ family: 'inet', name: 't' });
        const elements = [1, 2, 3].map((key) => ({ key, statements: counted(key) }));
        table.sets.add({ name: 's', key: 'mark', flags: ['dynamic'], statements: ['counter'], elements });
        const range = { key: '10.0.0.0/8', statements: counted(7) };
        table.sets.add({
          name: 'r',
          key: 'ipv4_addr',
          flags: ['interval'],
          statements: ['counter'],
          elements: [range],
        });
        table.chains.add({ name: 'c' });
        table.rules.add({ chain: 'c', comment: 'one', statements: [...counted(4), 'accept'] });
        table.chains.add({ name: 'd' });
        table.rules.add({ chain: 'd', statements: counted(5) });
      });
      const { elements, rules } = namespace.nftables;
      const set = { ...where, set: 's' };

      expect(await elements.reset({ ...set, elements: [{ key: 2 }] })).toEqual([{ key: 2, statements: counted(2) }]);
      expect(await elements.reset(set)).toEqual([
        { key: 1, statements: counted(1) },
        { key: 2, statements: counted(0) },
        { key: 3, statements: counted(3) },
      ]);
      expect(await elements.reset({ ...where, set: 'r' })).toEqual([{ key: '10.0.0.0/8', statements: counted(7) }]);
      expect(await rules.reset({ ...where, chain: 'c' })).toMatchObject([
        { chain: 'c', comment: 'one', statements: [...counted(4), 'accept'] },
      ]);
      expect((await rules.list()).map(({ statements }) => statements[0])).toEqual([...counted(0), ...counted(5)]);
      expect(await run(namespace, 'nft', ['list', 'sets'])).not.toMatch(/packets [1-9]/);
    },
  );

  test('nothing is reset by something that is left out', async () => {
    await using namespace = await scratchNamespace();
    const { objects, rules, elements } = namespace.nftables;

    await expect(objects.reset({} as never)).rejects.toMatchObject({ property: 'family' });
    await expect(objects.reset({ family: 'inet' } as never)).rejects.toMatchObject({ property: 'table' });
    await expect(objects.reset({ ...where, name: undefined })).rejects.toMatchObject({ property: 'name' });
    await expect(objects.reset({ ...where, kind: 'limit' as 'quota' })).rejects.toMatchObject({ property: 'kind' });
    await expect(rules.reset({ ...where, chain: undefined })).rejects.toMatchObject({ property: 'chain' });
    const nothingSaid = { ...where, set: 's', elements: undefined } as never;
    await expect(elements.reset(nothingSaid)).rejects.toMatchObject({ property: 'elements' });
  });

  test('what is not there is told, and not passed over', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.chains.add({ name: 'empty' });
      table.objects.add({ kind: 'limit', name: 'few', rate: 1, per: 'second' });
    });
    const { objects, rules, elements } = namespace.nftables;
    const noTable = { family: 'inet', table: 'none' } as const;

    await expect(rules.reset(noTable)).rejects.toMatchObject({ code: 'ENOENT', property: 'table' });
    await expect(rules.reset({ ...where, chain: 'none' })).rejects.toMatchObject({ code: 'ENOENT', property: 'chain' });
    await expect(objects.reset(noTable)).rejects.toMatchObject({ code: 'ENOENT', property: 'table' });
    for (const name of ['none', 'few']) {
      const failed = objects.reset({ ...where, name });
      await expect(failed).rejects.toMatchObject({ code: 'ENOENT', subject: `counter 'inet t ${name}'` });
    }
    const quota = objects.reset({ ...where, kind: 'quota', name: 'none' });
    await expect(quota).rejects.toMatchObject({ code: 'ENOENT', subject: "quota 'inet t none'" });
    await expect(elements.reset({ ...where, set: 'none' })).rejects.toMatchObject({ code: 'ENOENT', property: 'set' });
    expect(await rules.reset({ ...where, chain: 'empty' })).toEqual([]);
    expect(await rules.reset(where)).toEqual([]);
    expect(await objects.reset(where)).toEqual([]);
  });

  test('only what is of the family is reset, though tables of others have the same name', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.batch((nft) => {
      for (const family of ['inet', 'ip'] as const) {
        const table = nft.tables.add({ family, name: 't' });
        table.objects.add({ kind: 'counter', name: 'a', packets: 5, bytes: 50 });
        table.chains.add({ name: 'c' });
        table.rules.add({ chain: 'c', statements: counted(7) });
      }
    });
    const { objects, rules } = namespace.nftables;

    expect(await objects.reset(where)).toMatchObject([{ family: 'inet', packets: 5 }]);
    expect(await rules.reset(where)).toMatchObject([{ family: 'inet', statements: counted(7) }]);

    expect(await run(namespace, 'nft', ['list', 'table', 'inet', 't'])).not.toMatch(/packets [1-9]/);
    expect(await objects.list({ family: 'ip' })).toMatchObject([{ packets: 5 }]);
    expect(await rules.list({ family: 'ip' })).toMatchObject([{ statements: counted(7) }]);
  });
});
