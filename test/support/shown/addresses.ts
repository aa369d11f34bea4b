import { as, passedOver, type Translation } from './translation';

const FOREVER = 0xffffffff;
const lifetime = (name: string) => as<number>(name, (seconds) => (seconds === FOREVER ? 'forever' : seconds));

/** An address as `ip addr` shows it; its flags are keys. */
export const addresses: Translation = {
  ifindex: as('device'),
  ifname: passedOver,
  family: as('family'),
  local: (local: string, { address, prefixlen }) =>
    address === undefined
      ? { address: `${local}/${Number(prefixlen)}` }
      : { address: expect.stringMatching(`^${local}/`) as unknown, peer: `${address as string}/${Number(prefixlen)}` },
  address: passedOver,
  prefixlen: passedOver,
  metric: as('metric'),
  broadcast: as('broadcast'),
  scope: as('scope'),
  label: as('label'),
  valid_life_time: lifetime('validLifetime'),
  preferred_life_time: lifetime('preferredLifetime'),
  /** That IFA_F_PERMANENT is not there. */
  dynamic: () => ({ flags: expect.not.arrayContaining(['permanent']) as unknown }),
};
