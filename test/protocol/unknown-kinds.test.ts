import { ERRNO } from '../../lib/errno';
import { changeLink, newLink, type LinkChanges, type LinkOptions } from '../../lib/protocol/link';
import { newQdisc } from '../../lib/protocol/qdisc';

const NO_KIND = 'Unknown device type';
const NO_QDISC = 'Specified qdisc kind is unknown';
const lacking = (kind: string, module: string) =>
  `this kernel does not have '${kind}', nor a module for it (${module}${kind})`;
const lackingLink = (kind: string) => lacking(kind, 'rtnl-link-');
const lackingQdisc = (kind: string) => lacking(kind, 'sch_');

describe('a kind of link that the kernel does not know', () => {
  test.each<[kind: string, said: string | undefined, hint: string | undefined]>([
    ['dummy', NO_KIND, lackingLink('dummy')],
    ['geneve', NO_KIND, lackingLink('geneve')],
    ['brigde', NO_KIND, `${lackingLink('brigde')}: did you mean 'bridge'?`],
    ['geneve', undefined, lackingLink('geneve')],
    // Without its words the kernel may mean an option.
    ['dummy', undefined, undefined],
    ['tun', 'tun/tap creation via rtnetlink is not supported.', 'openTap() makes one'],
  ])('%s, of which it says %j', (kind, said, text) => {
    const hint = newLink({ kind: kind as 'dummy' }).hint!;

    expect(hint(ERRNO.EOPNOTSUPP, said)).toEqual(text === undefined ? undefined : { property: 'kind', text });
    expect(hint(ERRNO.ENOENT, said)).toBeUndefined();
  });
});

test.each<[kind: string, hint: string]>([
  ['vcan', `${lackingLink('vcan')}: did you mean 'vlan'?`],
  ['sit', lackingLink('sit')],
])('a kind that only the kernel can know, %s, is not told to be another', (kind, text) => {
  expect(newLink({ kind }).hint!(ERRNO.EOPNOTSUPP, NO_KIND)).toEqual({ property: 'kind', text });
});

describe('an option that the kernel may lack', () => {
  test.each<[options: LinkOptions, text: string]>([
    [{ kind: 'bridge', vlanFiltering: true }, 'this kernel may lack vlanFiltering'],
    [{ kind: 'bridge', name: 'br0', stp: true, vlanFiltering: true }, 'this kernel may lack one of stp, vlanFiltering'],
  ])('of a new link, %j', (options, text) => {
    expect(newLink(options).hint!(ERRNO.EOPNOTSUPP, undefined)).toEqual({ text });
    expect(newLink(options).hint!(ERRNO.EOPNOTSUPP, 'something of its own')).toBeUndefined();
  });

  test.each<[changes: LinkChanges, hint: object | undefined]>([
    [
      { kind: 'bridge', vlanFiltering: true },
      { text: "the link is not of kind 'bridge', or this kernel lacks vlanFiltering" },
    ],
    [
      { kind: 'bridge', stp: true, ageingTime: 5 },
      { text: "the link is not of kind 'bridge', or this kernel lacks one of ageingTime, stp" },
    ],
    [
      { kind: 'vlan', mtu: 5 },
      { property: 'kind', text: 'the link is of another kind, or its kind takes no changes' },
    ],
    [{ mtu: 5 }, { property: 'mtu' }],
    [{ mtu: 5, alias: 'x' }, undefined],
  ])('of a change, %j', (changes, hint) => {
    expect(changeLink('br0', changes).hint!(ERRNO.EOPNOTSUPP, undefined)).toEqual(hint);
  });

  test('of a kind that takes none is told to be left out', () => {
    const { hint } = changeLink('t0', { kind: 'tun', mtu: 1400 });

    expect(hint!(ERRNO.EOPNOTSUPP, 'tun/tap creation via rtnetlink is not supported.')).toEqual({
      property: 'kind',
      text: 'leave it out to change what every link has',
    });
  });
});

describe('a kind of qdisc that the kernel does not know', () => {
  test.each<[kind: string, said: string | undefined, hint: string | undefined]>([
    ['netem', NO_QDISC, lackingQdisc('netem')],
    ['fq', NO_QDISC, lackingQdisc('fq')],
    ['tbff', NO_QDISC, `${lackingQdisc('tbff')}: did you mean 'tbf'?`],
    ['fq', undefined, lackingQdisc('fq')],
    ['netem', undefined, undefined],
  ])('%s, of which it says %j', (kind, said, text) => {
    const hint = newQdisc({ kind, device: 1 }, 'add').hint!;

    expect(hint(ERRNO.ENOENT, said)).toEqual(text === undefined ? undefined : { property: 'kind', text });
    expect(hint(ERRNO.EOPNOTSUPP, said)).toBeUndefined();
  });
});
