import fs from 'node:fs';
import { inspect } from 'node:util';

import { createNamespace, openNamespace, type NetworkNamespace, type NftOwner } from '../../lib';
import { collect, exposedGc } from '../support/garbage';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run, type Held } from '../support/oracle';
import { descriptorTargets, namespacesHeld } from '../support/process';
import { scratchNamespace } from '../support/scratch';
import { lastFound } from '../support/until';
import { openSockets } from '../support/waits';

const owned = feature('tables of nf_tables that have an owner', 'echo "add table inet t { flags owner; }" | nft -f -');

const shop = { family: 'inet', name: 'shop' } as const;
const inShop = { family: 'inet', table: 'shop' } as const;

function shown(namespace: Held): Promise<string> {
  return run(namespace, 'nft', ['list', 'tables']);
}

async function withShop({ nftables }: NetworkNamespace): Promise<NftOwner> {
  const owner = await nftables.owner();
  await owner.tables.add(shop);
  return owner;
}

/** What nft shows once there is no table, or when patience has ended. */
function emptied(namespace: Held): Promise<string> {
  return lastFound(
    () => shown(namespace),
    (text) => text === '',
  );
}

describeKernel('an owner of tables', [requiresOracle('nft'), owned], () => {
  test('takes its tables with it when it is closed, and has nothing open then', async () => {
    await using a = await scratchNamespace();
    await a.nftables.tables.list();
    const before = openSockets();
    const owner = await withShop(a);
    expect(await shown(a)).toBe('table inet shop\n');
    expect(openSockets()).toBe(before + 1);

    await owner.close();

    expect(await shown(a)).toBe('');
    expect(openSockets()).toBe(before);
    await owner.close();
  });

  test('ends without a new state of the rules, of which nothing is told', async () => {
    await using a = await scratchNamespace();
    const owner = await withShop(a);
    const before = await a.nftables.ruleset();

    await owner.close();
    const after = await a.nftables.ruleset();

    expect([before.tables.length, after.tables.length]).toEqual([1, 0]);
    expect(after.generation).toBe(before.generation);
  });

  test('closes behind what was asked before, and does nothing that is asked later', async () => {
    await using a = await scratchNamespace();
    const owner = await withShop(a);
    const words = /^use: EBADF, its handle is closed \(owner of tables, namespace net:\[\d+\]\)$/;

    const [batch, listed, closed, later, list, whole, fill] = await Promise.allSettled([
      owner.batch((nft) => {
        for (let chain = 0; chain < 3000; chain++) nft.chains.add({ ...inShop, name: `c${String(chain)}` });
      }),
      owner.ruleset(),
      owner.close(),
      owner.chains.add({ ...inShop, name: 'later' }),
      owner.tables.list(),
      owner.ruleset(),
      owner.batch((nft) => {
        nft.tables.add({ family: 'ip', name: 'later' });
      }),
    ]);

    expect([batch.status, closed.status]).toEqual(['fulfilled', 'fulfilled']);
    expect((listed as PromiseFulfilledResult<{ chains: unknown[] }>).value.chains).toHaveLength(3000);
    for (const { status, reason } of [later, list, whole, fill] as PromiseRejectedResult[]) {
      expect([status, reason]).toEqual(['rejected', expect.objectContaining({ code: 'EBADF', syscall: 'use' })]);
      expect((reason as Error).message).toMatch(words);
    }
    expect(await shown(a)).toBe('');
    expect(inspect(owner)).toMatch(/^NftOwner\(port \d+, .*, closed\)$/);
  });

  test('ends with the block that holds it, also when a call fails there', async () => {
    await using a = await scratchNamespace();
    const work = async () => {
      await using owner = await withShop(a);
      await owner.chains.delete({ ...inShop, name: 'none' });
    };

    await expect(work()).rejects.toMatchObject({ code: 'ENOENT' });

    expect(await shown(a)).toBe('');
  });

  test('ends with the handle of its namespace, which another one may keep', async () => {
    await using a = await scratchNamespace();
    const b = await openNamespace(a);
    const before = openSockets();
    const owner = await withShop(b);
    const underWay = owner.batch((nft) => {
      for (let chain = 0; chain < 2000; chain++) nft.chains.add({ ...inShop, name: `c${String(chain)}` });
    });
    const opening = b.nftables.owner().catch((error: unknown) => error);

    await b.close();

    await underWay;
    expect(await emptied(a)).toBe('');
    expect(await opening).toMatchObject({ code: 'EBADF', syscall: 'use' });
    await expect(owner.tables.list()).rejects.toThrow(/^use: EBADF, its handle is closed \(namespace net:\[\d+\]\)$/);
    await expect(b.nftables.owner()).rejects.toMatchObject({ code: 'EBADF', syscall: 'use' });
    await owner.close();
    expect(
      await lastFound(
        () => openSockets() - before,
        (left) => left <= 0,
      ),
    ).toBeLessThanOrEqual(0);
  });

  test('does not keep a namespace that is deleted', async () => {
    const a = await createNamespace();
    const { inode } = a;
    const owner = await withShop(a);

    await a.delete({ wait: true });

    await expect(owner.tables.list()).rejects.toMatchObject({ code: 'EBADF', namespace: { inode } });
  });

  test('ends when nobody refers to it any more, and lives on while one of its collections is in use', async () => {
    const gc = exposedGc();
    await using a = await scratchNamespace();
    const tables = await tablesAlone(a);
    await collect(gc);
    await tables.add({ family: 'ip', name: 'another' });
    expect(await shown(a)).toBe('table inet shop\ntable ip another\n');

    await forget(a);
    const left = await lastFound(
      async () => {
        gc();
        return shown(a);
      },
      (text) => !text.includes('forgotten'),
    );

    expect(left).toBe('table inet shop\ntable ip another\n');
    await tables.list();
  });

  test('keeps its namespace while it is in use, and no longer', async () => {
    const gc = exposedGc();
    const inode = await ownerInUse(gc);

    const held = await lastFound(
      () => {
        gc();
        return namespacesHeld();
      },
      (inodes) => !inodes.includes(inode),
    );

    expect(held).not.toContain(inode);
  });

  test('stays alone in a crowd', async () => {
    await using a = await scratchNamespace();
    const before = openSockets();

    const owners = await Promise.all(Array.from({ length: 100 }, () => a.nftables.owner()));
    await Promise.all(owners.map((owner, index) => owner.tables.add({ family: 'ip', name: `t${String(index)}` })));

    const listed = await a.nftables.tables.list();
    const ports = owners.map(({ port }) => port);
    expect(new Set(ports).size).toBe(100);
    expect(new Map(listed.map(({ name, owner }) => [name, owner]))).toEqual(
      new Map(ports.map((port, index) => [`t${String(index)}`, port])),
    );
    await Promise.all(owners.map((owner) => owner.close()));
    expect(await shown(a)).toBe('');
    expect(openSockets()).toBeLessThanOrEqual(before);
  });

  test('has a socket that does not rest, and says so when that is lost', async () => {
    await using a = await scratchNamespace();
    const before = new Set(descriptorTargets());
    const owner = await withShop(a);
    const own = fs
      .readdirSync('/proc/self/fd')
      .filter((fd) => target(fd).startsWith('socket:') && !before.has(target(fd)))
      .map(Number);
    expect(own).toHaveLength(1);

    // As a program does that closes what it has not opened.
    fs.closeSync(own[0]!);
    const lost = await owner.chains.add({ ...inShop, name: 'c' }).catch((error: unknown) => error);

    const words = 'its socket is lost, and with it what the kernel had tied to it';
    expect(lost).toMatchObject({ code: 'EBADF', message: expect.stringContaining(words) as string });
    await expect(owner.tables.add(shop)).rejects.toMatchObject({ syscall: 'use', code: 'EBADF' });
    await expect(owner.tables.list()).rejects.toThrow(words);
    expect(await shown(a)).toBe('');
    await owner.close();
  });
});

/** In functions of their own, so that nothing on the test's stack refers to the owner. */
async function forget({ nftables }: NetworkNamespace): Promise<void> {
  const owner = await nftables.owner();
  await owner.tables.add({ family: 'inet', name: 'forgotten' });
}

async function tablesAlone(a: NetworkNamespace) {
  return (await withShop(a)).tables;
}

/** Keeps only an owner, and uses it after the rest could have been collected. */
async function ownerInUse(gc: () => void): Promise<number> {
  const [owner, inode] = await ownerAlone();
  await collect(gc);
  await owner.tables.add({ family: 'ip', name: 'another' });
  expect((await owner.tables.list()).map(({ name }) => name)).toEqual(['shop', 'another']);
  return inode;
}

async function ownerAlone() {
  const namespace = await createNamespace();
  return [await withShop(namespace), namespace.inode] as const;
}

function target(fd: string): string {
  try {
    return fs.readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
