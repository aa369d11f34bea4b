import { newLink } from '../../lib/protocol/link';
import { newQdisc } from '../../lib/protocol/qdisc';

const ENOENT = 2;
const EOPNOTSUPP = 95;
const NO_KIND = 'Unknown device type';
const NO_QDISC = 'Specified qdisc kind is unknown';
const LACKING = 'this kernel does not have it';

describe('a kind of link that the kernel does not know', () => {
  test.each<[kind: string, said: string | undefined, hint: string | undefined]>([
    ['dummy', NO_KIND, LACKING],
    ['geneve', NO_KIND, LACKING],
    ['brigde', NO_KIND, "did you mean 'bridge'?"],
    ['geneve', undefined, LACKING],
    // Without its words the kernel may mean an option.
    ['dummy', undefined, undefined],
    ['tun', 'tun/tap creation via rtnetlink is not supported.', undefined],
  ])('%s, of which it says %j', (kind, said, text) => {
    const hint = newLink({ kind: kind as 'dummy' }).hint!;

    expect(hint(EOPNOTSUPP, said)).toEqual(text === undefined ? undefined : { property: 'kind', text });
    expect(hint(ENOENT, said)).toBeUndefined();
  });
});

describe('a kind of qdisc that the kernel does not know', () => {
  test.each<[kind: string, said: string | undefined, hint: string | undefined]>([
    ['netem', NO_QDISC, LACKING],
    ['fq', NO_QDISC, LACKING],
    ['tbff', NO_QDISC, "did you mean 'tbf'?"],
    ['fq', undefined, LACKING],
    ['netem', undefined, undefined],
    ['fq', 'Failed to find specified qdisc', undefined],
  ])('%s, of which it says %j', (kind, said, text) => {
    const hint = newQdisc({ kind, device: 1 }, 'add').hint!;

    expect(hint(ENOENT, said)).toEqual(text === undefined ? undefined : { property: 'kind', text });
    expect(hint(EOPNOTSUPP, said)).toBeUndefined();
  });
});
