import { choice, uint16 } from '../../codec';
import { linkKind } from '../link-kind';
import type { OptionsOfKind, StateOfKind } from '../link-types';
import { ofTakenLink } from './lower-link';

/** Attributes of an ipvlan's IFLA_INFO_DATA. */
const IFLA_IPVLAN = { MODE: 1, FLAGS: 2 } as const;

const fields = {
  /**
   * How the lower link passes packets: it switches by addresses ('l2'), or routes, so that no broadcast or multicast
   * passes ('l3', the default, and 'l3s', whose packets also pass its firewall). The same for all links on one lower
   * link: a change affects the others. IFLA_IPVLAN_MODE.
   */
  mode: choice(IFLA_IPVLAN.MODE, { l2: 0, l3: 1, l3s: 2 }, uint16),
  /**
   * Which links on the same lower link can be reached: the others ('bridge', the default), none ('private'), or others
   * through a router that sends packets back ('vepa'). The same for all links on one lower link. IFLA_IPVLAN_FLAGS,
   * since 4.15.
   */
  modeFlag: choice(IFLA_IPVLAN.FLAGS, { bridge: 0, private: 1, vepa: 2 }, uint16),
};

/** A link with IP addresses of its own on another, which `link` names, and with that one's link-layer address. */
export const ipvlan = linkKind('ipvlan', fields, { hasLink: true, hint: ofTakenLink });

/** An ipvlan to be made: a link with IP addresses of its own on another. Needs `link`, the other one. */
export interface IpvlanOptions extends OptionsOfKind<typeof ipvlan> {}

/** An ipvlan as the kernel describes it. */
export interface Ipvlan extends StateOfKind<typeof ipvlan> {}
