import { as, link, wholeSeconds, type Translation } from './translation';

/** A neighbor as `ip -s neigh` shows it; its flags are keys. */
export const neighbors: Translation = {
  dst: as('destination'),
  dev: link('device'),
  lladdr: as('linkLayerAddress'),
  used: wholeSeconds('used'),
  confirmed: wholeSeconds('confirmed'),
  updated: wholeSeconds('updated'),
  probes: as('probes'),
  state: as<string[]>('state', ([state]) => state?.toLowerCase()),
  protocol: as('protocol'),
};

/** An entry of a forwarding table as `bridge -s fdb` shows it. */
export const fdb: Translation = {
  mac: as('address'),
  ifname: link('device'),
  master: link('master'),
  vlan: as('vlan'),
  dst: as('destination'),
  port: as('port'),
  vni: as('vni'),
  viaIf: link('via'),
  used: wholeSeconds('used'),
  updated: wholeSeconds('updated'),
  flags: as('flags'),
  state: as<string>('state', (state) => (state === '' ? 'dynamic' : state)),
};
