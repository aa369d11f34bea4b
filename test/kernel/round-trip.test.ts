import { linkKinds, portKinds } from '../../lib/protocol/link-kinds';
import { kernelTest, requiresOracle } from '../support/kernel';
import { kindsOfKernel } from '../support/round-trip/kinds';
import { expectRoundTrip } from '../support/round-trip/law';
import { makeLinks, makeLower, makePorts, tableOf } from '../support/round-trip/links';
import { addresses } from '../support/round-trip/scenes/addresses';
import { fdb } from '../support/round-trip/scenes/fdb';
import { neighbors } from '../support/round-trip/scenes/neighbors';
import { nexthops } from '../support/round-trip/scenes/nexthops';
import { otherLinks } from '../support/round-trip/scenes/other-links';
import { qdiscs } from '../support/round-trip/scenes/qdiscs';
import { routes } from '../support/round-trip/scenes/routes';
import { rules } from '../support/round-trip/scenes/rules';
import { scratchNamespace } from '../support/scratch';

// What a list gives can be given back, whatever options it has. Which options there are, the declarations say; which of them this kernel
// takes, the kernel says. RTNETLINK_ROUND_TRIP_SEED=N chooses others than always the same.

const known = kindsOfKernel([...Object.keys(linkKinds), ...Object.keys(portKinds)]);
const ofKernel = (kind: string) => (known.has(kind) ? {} : { skip: `this kernel lacks ${kind}` });
/** So many links are made of each kind. */
const COUNT = 16;
/** Properties that each kind takes on every kernel: those of every link. */
const LEAST = 8;

describe('links that are listed can be given back', () => {
  for (const kind of Object.keys(linkKinds)) {
    kernelTest(kind, [ofKernel(kind)], async () => {
      await using a = await scratchNamespace();
      await makeLower(a);
      const taken = await makeLinks(a, kind, COUNT);
      expect(taken.size).toBeGreaterThan(LEAST);

      await expectRoundTrip(tableOf(a));
    });
  }
});

describe('ports that are listed can be given back', () => {
  for (const kind of Object.keys(portKinds)) {
    kernelTest(kind, [ofKernel(kind)], async () => {
      await using a = await scratchNamespace();
      await makePorts(a, kind, COUNT);

      await expectRoundTrip(tableOf(a));
    });
  }
});

const other = kindsOfKernel(['gre', 'ipip', 'sit', 'geneve', 'nlmon']);

describe('what is listed can be given back', () => {
  kernelTest(
    otherLinks.name,
    [other.size > 0 ? {} : { skip: 'this kernel lacks all kinds of links without a declaration' }],
    async () => {
      await using a = await scratchNamespace();
      await otherLinks.make(a);

      await expectRoundTrip(otherLinks.table(a));
    },
  );

  const scenes = [addresses, routes, rules, neighbors, fdb, nexthops, qdiscs];
  for (const { name, make, table } of scenes) {
    kernelTest(name, [requiresOracle('bridge'), requiresOracle('tc')], async () => {
      await using a = await scratchNamespace();
      await make(a);

      await expectRoundTrip(table(a));
    });
  }
});
