import fc from 'fast-check';

import { calls } from './arbitrary';
import { InPlace, type Call } from './calls';
import { nameOf, sorts } from './names';

// Settings and files go by the names of links alone, and over no socket.

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('br0', 'l0', 'p0', 'p1', 'x0') },
  { weight: 4, arbitrary: fc.constantFrom(...sorts).chain(nameOf) },
  { weight: 1, arbitrary: fc.constant('default') },
);
const setting = fc.constantFrom('rp_filter', 'arp_announce', 'arp_ignore');
const key = fc.tuple(name, setting).map(([link, one]) => `net.ipv4.conf.${link}.${one}`);
/** The kernel takes any number, but no word. */
const value = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(1, 2) }, { weight: 1, arbitrary: fc.constant('word') });

const settingFile = fc.tuple(name, setting).map(([link, one]) => `/proc/sys/net/ipv4/conf/${link}/${one}`);
const linkFile = name.map((link) => `/sys/class/net/${link}/tx_queue_len`);
const other = (on: string) => new InPlace(on === 'a' ? 'b' : 'a');

/** Calls that set one thing: good in `furnish` as well. */
export const settingCalls: fc.WeightedArbitrary<Call>[] = [
  { weight: 5, arbitrary: calls('sysctl.set', () => fc.tuple(key, value)) },
  {
    weight: 2,
    arbitrary: calls('files.write', () =>
      fc.oneof(
        fc.tuple(
          settingFile,
          value.map((one) => `${one}\n`),
        ),
        fc.tuple(linkFile, fc.constantFrom('50', '60')),
      ),
    ),
  },
];

/** Calls that set several things, or read. */
export const furtherSettingCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 1,
    arbitrary: calls('sysctl.set', () =>
      fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 3 }).map((all) => [Object.fromEntries(all)]),
    ),
  },
  { weight: 2, arbitrary: calls('sysctl.get', () => fc.tuple(key)) },
  { weight: 1, arbitrary: calls('sysctl.list', () => name.map((link) => [`net.ipv4.conf.${link}`])) },
  { weight: 2, arbitrary: calls('files.read', () => fc.tuple(fc.oneof(settingFile, linkFile))) },
  { weight: 1, arbitrary: calls('files.list', () => fc.constant(['/sys/class/net'])) },
  { weight: 1, arbitrary: calls('namespaceIds.get', (on) => fc.constant([other(on)])) },
  { weight: 1, arbitrary: calls('namespaceIds.add', (on) => fc.constantFrom([other(on)], [other(on), 5])) },
  { weight: 1, arbitrary: calls('namespaceIds.list', () => fc.constant([])) },
];
