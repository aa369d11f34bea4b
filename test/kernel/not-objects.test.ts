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

type Verbs = Record<string, (...given: unknown[]) => unknown>;

/** Those that take nothing beside what they are asked for. */
const isOfOne: ReadonlySet<string> = new Set(['namespaceIds.get']);

/** A collection whose verbs can be called apart from it, and the names of all that it has. */
function verbsOf(namespace: NetworkNamespace, name: string): { collection: Verbs; names: string[] } {
  const collection = namespace[name as 'rules'] as unknown as Verbs;
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(collection)).filter((verb) => verb !== 'constructor');
  return { collection: Object.fromEntries(names.map((verb) => [verb, collection[verb]!.bind(collection)])), names };
}

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

  /** Each verb that takes options beside something else. */
  const withOptions: Record<string, Record<string, (collection: Verbs, options: unknown) => unknown>> = {
    links: {
      get: ({ get }, options) => get!('lo', options),
      set: ({ set }, changes) => set!('lo', changes),
      waitFor: ({ waitFor }, options) => waitFor!('lo', 'up', options),
    },
    addresses: {
      add: ({ add }, address) => add!('lo', address),
      replace: ({ replace }, address) => replace!('lo', address),
      delete: (verbsOf, address) => verbsOf.delete!('lo', address),
      waitFor: ({ waitFor }, options) => waitFor!({ device: 'lo' }, options),
    },
    routes: { get: ({ get }, options) => get!('127.0.0.1', options) },
    rules: {},
    neighbors: { get: ({ get }, options) => get!('10.0.0.1', options) },
    fdb: { get: ({ get }, options) => get!('02:00:00:00:00:01', options) },
    nexthops: { get: ({ get }, options) => get!(1, options) },
    qdiscs: { get: ({ get }, options) => get!('lo', options) },
    namespaceIds: { waitFor: ({ waitFor }, options) => waitFor!(1, 'gone', options) },
    files: {
      read: ({ read }, options) => read!('/proc/net/dev', options),
      readBytes: ({ readBytes }, options) => readBytes!('/proc/net/dev', options),
    },
  };
  test.each(Object.keys(withOptions))('options of %s are an object', async (name) => {
    await using a = await scratchNamespace();
    const { collection, names } = verbsOf(a, name);

    for (const verb of Object.keys(withOptions[name]!)) {
      // An address may be a string, and several of them an array.
      const isAddress = name === 'addresses' && verb !== 'waitFor';
      for (const options of [7, null, true, new Map(), ...(isAddress ? [] : ['eth0', ['eth0']])]) {
        await expect(withOptions[name]![verb]!(collection, options)).rejects.toMatchObject({
          name: 'TypeError',
          property: expect.stringMatching(/^(options|changes|address)$/) as string,
          message: expect.stringMatching(
            /^\w+: must be an (object( such as {.*})?|address such as .*), not /,
          ) as string,
        });
      }
    }
    const takeOptions = names.filter((verb) => /^(get|set|waitFor|read)/.test(verb) && !isOfOne.has(`${name}.${verb}`));
    expect(takeOptions.filter((verb) => !(verb in withOptions[name]!))).toEqual([]);
  });

  test('where a name stands for them, it is told what they are', async () => {
    await using a = await scratchNamespace();

    await expect(a.neighbors.get('10.0.0.1', 'eth0' as never)).rejects.toThrow(
      "options: must be an object such as { device: 'eth0' }, not 'eth0'",
    );
    await expect(a.fdb.get('02:00:00:00:00:01', 'br0' as never)).rejects.toThrow(
      "such as { master: 'br0' }, not 'br0'",
    );
    await expect(a.qdiscs.get('lo', 'root' as never)).rejects.toThrow("such as { parent: 'root' }, not 'root'");
  });

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
