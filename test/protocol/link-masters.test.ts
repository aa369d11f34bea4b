import { ERRNO } from '../../lib/errno';
import { changeLink, newLink } from '../../lib/protocol/link';

// In the words of the kernel's bonding driver, and of team.
const BOND = 'Device can not be enslaved while up';
const TEAM = 'Device is up. Set it down before adding it as a team port';

describe('a master that takes only links that are down', () => {
  const asPort = /: say `bondPort: \{\}` as well, and the link comes up behind its master, or leave out `up`$/;
  const down = /: set the link down first$/;

  test('is told of a new link that comes up', () => {
    const { hint } = newLink({ kind: 'dummy', name: 'd0', master: 'b0', up: true });

    expect(hint!(ERRNO.EPERM, BOND)).toEqual({ property: 'master', text: expect.stringMatching(asPort) as string });
    expect(hint!(ERRNO.EBUSY, TEAM)).toMatchObject({ property: 'master' });
  });

  test.each([
    [{ master: 'b0', up: true }, asPort],
    [{ master: 'b0' }, down],
    [{ master: 'b0', bondPort: { queueId: 1 }, up: true }, down],
  ])('is told of a change %j', (changes, text) => {
    const { hint } = changeLink('d0', changes);

    expect(hint!(ERRNO.EPERM, BOND)).toEqual({ property: 'master', text: expect.stringMatching(text) as string });
  });

  test('is not what else is refused', () => {
    const { hint } = changeLink('d0', { master: 'b0', up: true });

    expect(hint!(ERRNO.EPERM, undefined)).toBeUndefined();
    expect(hint!(ERRNO.EPERM, 'Cannot enslave bond to itself.')).toBeUndefined();
    expect(hint!(22, BOND)).toBeUndefined();
    expect(changeLink('d0', { up: true }).hint!(ERRNO.EPERM, BOND)).toBeUndefined();
  });
});
