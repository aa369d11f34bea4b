import type { NftGeneration } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const inet = feature('tables of inet', 'nft add table inet t');

describeKernel('generations of packet rules', [requiresOracle('nft'), inet], () => {
  test('are told one by one, with who made them', async () => {
    await using namespace = await scratchNamespace();
    const told: NftGeneration[] = [];

    for await (const generation of namespace.nftables.watch({ signal: AbortSignal.timeout(20_000) })) {
      told.push(generation);
      if (told.length === 1) {
        await run(namespace, 'nft', ['add table inet one']);
        await namespace.nftables.tables.add({ family: 'inet', name: 'two' });
      }
      if (told.length === 3) break;
    }

    const [first, second, third] = told;
    expect(first).toEqual({ id: expect.any(Number) as unknown });
    expect(second).toEqual({ id: first!.id + 1, pid: expect.any(Number) as unknown, program: 'nft' });
    expect(third).toMatchObject({ id: first!.id + 2, pid: expect.any(Number) as unknown });
  });

  test('end with a signal, and with the handle', async () => {
    await using namespace = await scratchNamespace();
    const abort = new AbortController();
    const aborted = namespace.nftables.watch({ signal: abort.signal });
    const closed = namespace.nftables.watch();
    await aborted.next();
    await closed.next();
    const [one, other] = [aborted.next(), closed.next()];

    abort.abort(new Error('enough'));
    await expect(one).rejects.toThrow('enough');
    await namespace.close();

    await expect(other).rejects.toMatchObject({ code: 'EBADF' });
    const misspelt = namespace.nftables.watch({ signla: abort.signal } as never).next();
    await expect(misspelt).rejects.toMatchObject({ property: 'signla' });
    await expect(namespace.nftables.watch({ signal: abort.signal }).next()).rejects.toThrow('enough');
  });
});
