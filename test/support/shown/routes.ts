import { as, link, passedOver, translated, wholeSeconds, type Translation } from './translation';

/** 'main' or a number. */
const table = as<string>('table', (name) => (/^\d+$/.test(name) ? Number(name) : name));
const prefix = (text: string) =>
  text === 'default' || text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
const milliseconds = (name: string) => as<number>(name, (value) => value / 1000);

const metrics: Translation = {
  mtu: as('mtu'),
  window: as('window'),
  rtt: milliseconds('rtt'),
  rttvar: milliseconds('rttVariance'),
  advmss: as('advertisedMss'),
  hoplimit: as('hopLimit'),
  initcwnd: as('initialCongestionWindow'),
  rto_min: milliseconds('minimumRto'),
  initrwnd: as('initialReceiveWindow'),
  quickack: as<number>('quickAck', Boolean),
  congestion: as('congestionControl'),
  ecn: () => ({ features: ['ecn'] }),
};

const hop: Translation = {
  gateway: as('gateway'),
  via: as<{ host: string }>('gateway', ({ host }) => host),
  dev: link('device'),
  weight: as('weight'),
  flags: as('flags'),
};

/** A route as `ip route` shows it. */
export const routes: Translation = {
  ...hop,
  type: as('type'),
  dst: as('destination', prefix),
  // Of a lookup '::' stands for no source.
  from: (from: string) => (from === '::' ? {} : { source: prefix(from) }),
  tos: as<string>('tos', Number),
  table,
  protocol: as('protocol'),
  scope: as('scope'),
  prefsrc: as('preferredSource'),
  metric: as('metric'),
  flow: as<{ from: string; to: string }>('realm', ({ from, to }) => (Number(from) << 16) | Number(to)),
  pref: as('preference'),
  expires: wholeSeconds('expires'),
  uid: as('uid'),
  /** Of a lookup the flags are in here, those of its own alone. */
  cache: () => ({ flags: expect.arrayContaining(['cloned']) as unknown }),
  metrics: ([shown]: [Record<string, unknown>], _row, links) => ({
    metrics: expect.objectContaining(translated(metrics, shown, links)) as unknown,
  }),
  nexthops: (shown: Record<string, unknown>[], _row, links) => ({
    nexthops: shown.map((one) => expect.objectContaining(translated(hop, one, links)) as unknown),
  }),
};

const actions = ['blackhole', 'unreachable', 'prohibit'];
const range = (name: string, rest: string) => ({
  [`${rest}_start`]: (from: number, row: Record<string, unknown>) => ({ [name]: { from, to: row[`${rest}_end`] } }),
  [`${rest}_end`]: passedOver,
});

/** A rule as `ip rule` shows it. */
export const rules: Translation = {
  priority: as('priority'),
  not: () => ({ invert: true }),
  src: (src: string, { srclen }) => (src === 'all' ? {} : { source: network(src, srclen) }),
  srclen: passedOver,
  dst: (dst: string, { dstlen }) => ({ destination: network(dst, dstlen) }),
  dstlen: passedOver,
  tos: as<string>('tos', Number),
  iif: as('inputDevice'),
  oif: as('outputDevice'),
  oif_detached: () => ({ flags: expect.arrayContaining(['output-detached']) as unknown }),
  fwmark: (mark: string, { fwmask }) => ({
    mark: fwmask === undefined ? Number(mark) : { value: Number(mark), mask: Number(fwmask) },
  }),
  fwmask: passedOver,
  table,
  protocol: as<string>('protocol', (word) => (word === 'unspec' ? 'unspecified' : word)),
  goto: (goto: number) => ({ goto, action: 'goto' }),
  nop: () => ({ action: 'nop' }),
  action: as<string>('action', (word) => (actions.includes(word) ? word : undefined)),
  l3mdev: () => ({ l3mdev: true }),
  ipproto: as('ipProtocol'),
  sport: as('sourcePort'),
  dport: as('destinationPort'),
  ...range('uid', 'uid'),
  ...range('sourcePort', 'sport'),
  ...range('destinationPort', 'dport'),
  suppress_prefixlen: as('suppressPrefixLength'),
  suppress_ifgroup: as<string>('suppressGroup', Number),
  tun_id: as('tunnelId'),
  flow_to: (to: string, { flow_from }) => ({ realm: (Number(flow_from) << 16) | Number(to) }),
  flow_from: passedOver,
};

function network(address: string, length: unknown): string {
  return length === undefined ? prefix(address) : `${address}/${Number(length)}`;
}
