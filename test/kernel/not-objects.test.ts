import type { NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

type Verb = (namespace: NetworkNamespace, value: never) => Promise<unknown>;

/** Every verb that takes an object. */
const verbs: Record<string, Verb> = Object.fromEntries(
  ['links', 'addresses', 'routes', 'rules', 'neighbors', 'fdb', 'nexthops', 'qdiscs', 'namespaceIds'].flatMap((name) =>
    ['add', 'replace', 'append', 'delete', 'list', 'flush'].flatMap((verb): [string, Verb][] => [
      [`${name}.${verb}`, (namespace, value) => call(namespace, name, verb, value)],
    ]),
  ),
);

/** Which of them have no filter. */
const withoutFilter: ReadonlySet<string> = new Set(['namespaceIds.list']);

async function call(namespace: NetworkNamespace, name: string, verb: string, value: unknown): Promise<unknown> {
  const collection = namespace[name as 'rules'] as unknown as Record<string, ((value: unknown) => unknown) | undefined>;
  if (collection[verb] === undefined) throw Object.assign(new TypeError(), { property: 'none' });
  return await collection[verb](value);
}

describeKernel('what is no object of properties', () => {
  test.each(Object.keys(verbs).filter((name) => !withoutFilter.has(name)))(
    '%s refuses a Map, a Set, a Date, a Promise, bytes',
    async (name) => {
      await using a = await scratchNamespace();

      for (const value of [
        new Map([['priority', 7]]),
        new Set(['lo']),
        new Date(0),
        Promise.resolve(),
        new Uint8Array(4),
      ]) {
        for (const given of name.endsWith('list') || name.endsWith('flush') ? [value] : [value, [value]]) {
          await expect(verbs[name]!(a, given as never)).rejects.toMatchObject({ name: 'TypeError' });
        }
      }
    },
  );

  test('options of a class, or that inherit, are taken', async () => {
    await using a = await scratchNamespace();
    class Options {
      priority = 7;
      table = 100;
    }

    await a.rules.add(new Options());
    await a.rules.add(Object.create({ priority: 8, table: 100 }) as Options);

    expect((await a.rules.list({ table: 100 })).map(({ priority }) => priority)).toEqual([7, 8]);
  });

  test('an element has a place, and no other name', async () => {
    await using a = await scratchNamespace();

    await expect(a.rules.delete([{ priority: 7 }, {}])).rejects.toMatchObject({ property: '[1]' });
    await expect(a.links.add([5 as never])).rejects.toMatchObject({ property: '[0]' });
    const weighted = a.nexthops.add([{ id: 1, group: [{ id: 2, weight: 0 }] }]);
    await expect(weighted).rejects.toMatchObject({ property: '[0].group[0].weight' });
  });
});
