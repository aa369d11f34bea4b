import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { inspect } from 'node:util';

import { createNamespace, deleteNamespace, hostNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { scratchNamespace, uniqueName } from '../support/scratch';

const collections = [
  ...['addresses', 'ethtool', 'fdb', 'files', 'genetlink', 'links', 'namespaceIds', 'neighbors', 'nexthops'],
  ...['nftables', 'qdiscs', 'routes', 'rules', 'sysctl'],
] as const;

describeKernel('what is shown of', () => {
  test('a namespace without a name', async () => {
    await using a = await scratchNamespace();

    expect(String(a)).toBe(`namespace net:[${String(a.inode)}]`);
    expect(JSON.stringify({ a })).toBe(`{"a":{"inode":${String(a.inode)}}}`);
    expect(inspect(a)).toBe(`NetworkNamespace(net:[${String(a.inode)}])`);
  });

  test('a namespace with a name, open and closed', async () => {
    const name = uniqueName();
    const a = await createNamespace(name);
    const shown = () => [String(a), JSON.stringify(a)];

    expect(shown()).toEqual([`namespace '${name}'`, JSON.stringify({ name, inode: a.inode })]);
    const open = shown();
    await a.close();
    expect(shown()).toEqual(open);
    expect(inspect(a)).toMatch(/, closed\)$/);
    await deleteNamespace(name);
  });

  test('the namespace of the process', () => {
    const host = hostNamespace();

    expect(String(host)).toBe('the host namespace');
    expect(JSON.stringify(host)).toBe(`{"inode":${String(host.inode)}}`);
  });

  test('a namespace that is being made', async () => {
    const shown: string[] = [];
    await using a = await createNamespace(undefined, (inside) => {
      shown.push(String(inside), JSON.stringify(inside), inspect(inside));
      return [];
    });

    expect(shown).toEqual(['a new namespace', '{}', 'NetworkNamespace(being made)']);
    expect(String(a)).toBe(`namespace net:[${String(a.inode)}]`);
  });

  test.each(collections)('%s', async (name) => {
    await using a = await scratchNamespace();
    const collection = a[name];
    const text = `${name} of namespace net:[${String(a.inode)}]`;

    expect(String(collection)).toBe(text);
    expect(JSON.stringify({ of: collection })).toBe(JSON.stringify({ of: text }));
    expect(inspect(collection)).toBe(`${collection.constructor.name}(${text})`);
    expect(inspect({ a, collection }).length).toBeLessThan(200);
  });

  test('two namespaces that differ, by a test', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    const failure = failed(() => {
      expect(a).toEqual(b);
    });

    expect(failure).toContain(String(a.inode));
    expect(failure).toContain(String(b.inode));
    expect(failure.length).toBeLessThan(400);
    expect(a).toEqual(a);
    expect(a.links).not.toEqual(b.links);
    const ofLinks = failed(() => {
      expect({ links: a.links }).toEqual({ links: b.links });
    });
    expect(ofLinks.length).toBeLessThan(500);
  });
});

function failed(claim: () => void): string {
  try {
    claim();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('there is no difference');
}

describeKernel('the namespace that the process is in', () => {
  test.each<[string, (host: NetworkNamespace) => Promise<void>]>([
    ['delete', (host) => host.delete()],
    ['delete and wait', (host) => host.delete({ wait: true })],
  ])('is not deleted: %s', async (_, call) => {
    const host = hostNamespace();

    await expect(call(host)).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBUSY', syscall: 'delete' });
    await expect(host.links.get('lo')).resolves.toMatchObject({ name: 'lo' });
  });

  test('can be disposed of, which does nothing', async () => {
    {
      await using host = hostNamespace();
      expect(host.inode).toBeGreaterThan(0);
    }
    await expect(hostNamespace().links.get('lo')).resolves.toMatchObject({ name: 'lo' });
  });
});

describeKernel('what ships', () => {
  const library = path.join(__dirname, '..', '..', 'dist');

  /** What a program prints as JSON. */
  const printed = (source: string): unknown => {
    const program = `const library = require(${JSON.stringify(library)});
      (async () => console.log(JSON.stringify(await (${source})(library))))();`;
    return JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
  };

  test('has functions and classes with their names', () => {
    const names = printed('(library) => Object.entries(library).map(([name, one]) => [name, one.name])') as string[][];

    expect(names.length).toBeGreaterThan(10);
    expect(names.filter(([name, own]) => name !== own)).toEqual([]);
  });

  test('has a namespace, collections and verbs with their names', () => {
    const named = printed(`async ({ createNamespace }) => {
      const a = await createNamespace();
      const names = [a.constructor, a.links.constructor, a.links.list, a.exec, a.execFile, a.spawn].map((one) => one.name);
      await a.close();
      return names;
    }`);

    expect(named).toEqual(['NetworkNamespace', 'LinkCollection', 'list', 'exec', 'execFile', 'spawn']);
  });

  test('has errors whose classes have their names', () => {
    const [name, shown] = printed(`async ({ openNamespace }) => {
      const error = await openNamespace('no-such-namespace').catch((error) => error);
      return [error.constructor.name, require('node:util').inspect(error)];
    }`) as string[];

    expect(name).toBe('NamespaceError');
    expect(shown).toMatch(
      /^NamespaceError: open: ENOENT, there is no such namespace \(namespace 'no-such-namespace'\)\n/,
    );
  });
});
