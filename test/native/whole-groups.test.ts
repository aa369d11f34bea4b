import { GROUP_WHOLE } from '../../lib/native';
import { operate } from '../../lib/transport/runtime';
import { ascii, attribute } from '../support/bytes';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { message } from '../support/native-double';
import { run, type Held } from '../support/oracle';
import { errorsOf, netfilter, note, scratchPlace, send } from '../support/operations';

const REQUEST = 1;
const ACK = 4;
const EXCL = 0x200;
const CREATE = 0x400;
const EEXIST = 17;

const NFNL_SUBSYS_NFTABLES = 10;
const NFPROTO_IPV4 = 2;
const header = (family: number) => [family, 0, 0, NFNL_SUBSYS_NFTABLES];

const begin = (sequence: number) => message(0x10, REQUEST, sequence, header(0));
const end = (sequence: number) => message(0x11, REQUEST, sequence, header(0));
const newTable = (sequence: number, name: string, flags = 0, userData = 0) =>
  message(
    NFNL_SUBSYS_NFTABLES << 8,
    REQUEST | CREATE | flags,
    sequence,
    header(NFPROTO_IPV4),
    attribute(1, ascii(name), 0),
    userData === 0 ? [] : attribute(6, new Uint8Array(userData)),
  );

/** Notes of messages that are one batch of the kernel. */
function whole(messages: readonly Uint8Array[]): Uint8Array[] {
  let at = 0;
  return messages.map(({ length }) => note((at += length) - length, { group: 5, flags: GROUP_WHOLE }));
}

async function tables(namespace: Held): Promise<string[]> {
  const { nftables } = JSON.parse(await run(namespace, 'nft', ['-j', 'list', 'tables'])) as {
    nftables: { table?: { name: string } }[];
  };
  return nftables.flatMap(({ table }) => table?.name ?? []);
}

describeKernel('a batch of nf_tables', [requiresOracle('nft'), feature('nf_tables', 'nft add table t')], () => {
  test('is carried out', async () => {
    using place = await scratchPlace(netfilter);
    const batch = [begin(1), newTable(2, 'a', ACK), newTable(3, 'b'), end(4)];

    expect(await send(place.socket, batch, { notes: whole(batch) })).toEqual([]);

    expect(await tables(place)).toEqual(['a', 'b']);
  });

  test('leaves nothing where one message is refused', async () => {
    using place = await scratchPlace(netfilter);
    const batch = [begin(1), newTable(2, 'a', ACK), newTable(3, 'a', EXCL), newTable(4, 'b'), end(5)];

    expect(errorsOf(await send(place.socket, batch, { notes: whole(batch) }))).toEqual({ 3: EEXIST });

    expect(await tables(place)).toEqual([]);
  });

  test('fails its trip where one message is refused', async () => {
    using place = await scratchPlace(netfilter);
    const trip = 2;
    const asked = (batch: Uint8Array[]) =>
      operate((addon, id) => {
        addon.send(id, place.socket, Buffer.concat(batch), undefined, Buffer.concat(whole(batch)), trip);
      });
    const refused = asked([begin(1), newTable(2, 'a'), newTable(3, 'a', EXCL), end(4)]);
    const behind = asked([begin(5), newTable(6, 'b'), end(7)]);
    await operate((addon, id) => {
      addon.takePlace(id, place.namespace, trip);
      addon.endTrip(trip);
    });

    expect(await refused).toMatchObject({ errno: 0 });
    expect(await behind).toMatchObject({ call: 'trip' });
    expect(await tables(place)).toEqual([]);
  });

  test('is not cut: a thousand tables, of more bytes than the default send buffer has', async () => {
    using place = await scratchPlace(netfilter);
    const names = Array.from({ length: 1000 }, (_, index) => `t${index}`);
    const batch = [begin(1), ...names.map((name, index) => newTable(index + 2, name, 0, 256)), end(1002)];

    expect(await send(place.socket, batch, { notes: whole(batch) })).toEqual([]);

    // To list all takes nft half a minute.
    for (const name of [names[0], names.at(-1)]) await run(place, 'nft', ['list', 'table', 'ip', name!]);
  });
});
