/** A mistake, and what the compiler has to say about it, among other things. */
export interface Mistake {
  code: string;
  says: string;
}

/** One of each way in which a verb takes its options. */
export const mistakes: readonly Mistake[] = [
  { code: `host.links.add({ kind: 'bridge', name: 'b', ageingTme: 4 })`, says: `Did you mean to write 'ageingTime'?` },
  { code: `host.links.add({ kind: 'veth', name: 'b', peeer: { name: 'x' } })`, says: `Did you mean to write 'peer'?` },
  { code: `host.links.add({ kind: 'veth', name: 'b', peer: { nme: 'x' } })`, says: `Did you mean to write 'name'?` },
  {
    code: `host.links.add({ kind: 'vxlan', name: 'b', vni: 'x' })`,
    says: `Type 'string' is not assignable to type 'number'`,
  },
  {
    code: `host.links.add({ kind: 'bridge', name: 'b', up: 'yes' })`,
    says: `Type 'string' is not assignable to type 'boolean`,
  },
  { code: `host.links.add([{ kind: 'bridge', name: 'b', ageingTme: 4 }])`, says: `ageingTme` },
  { code: `host.links.set('b', { mtuu: 4 })`, says: `Did you mean to write 'mtu'?` },
  { code: `host.links.set('b', { kind: 'bridge', ageingTme: 4 })`, says: `Did you mean to write 'ageingTime'?` },
  { code: `host.links.list({ mastr: 'br0' })`, says: `Did you mean to write 'master'?` },
  { code: `host.links.list({ kind: 'vxlan', mastr: 'br0' })`, says: `Did you mean to write 'master'?` },
  { code: `host.links.waitFor('eth0', 'upp')`, says: `'"upp"' is not assignable to parameter of type 'LinkCondition'` },
  { code: `host.links.waitFor('eth0', 'up', { timeot: 4 })`, says: `Did you mean to write 'timeout'?` },
  { code: `host.nexthops.add({ id: 1, gatway: '10.0.0.1' })`, says: `Did you mean to write 'gateway'?` },
  { code: `host.addresses.add('eth0', { addres: '10.1.1.1/24' })`, says: `'addres' does not exist` },
  { code: `host.addresses.add({ devce: 'eth0', address: '10.1.1.1/24' })`, says: `'devce' does not exist` },
  { code: `host.routes.add({ destination: 'default', gatway: '10.1.1.1' })`, says: `'gatway' does not exist` },
  { code: `host.rules.add({ sorce: '10.0.0.0/8' })`, says: `'sorce' does not exist` },
  { code: `host.qdiscs.add({ device: 'eth0', kind: 'tbf', rat: 4 })`, says: `'rat' does not exist` },
  { code: `host.sysctl.set('net.ipv4.ip_forward', {})`, says: `parameter of type 'SysctlValue'` },
  { code: `host.exec('ls', { timeot: 4 })`, says: `Did you mean to write 'timeout'?` },
  { code: `host.connect({ host: '10.1.1.1', prt: 80 })`, says: `'prt' does not exist` },
];

/** Calls with a mark in front of what is hovered over, and what has to be shown there. */
const shown: readonly (readonly [code: string, shows: string])[] = [
  [`await host.links.^list()`, 'All links'],
  [`await host.links.^list({ kind: 'vxlan' })`, 'All links'],
  [`await host.links.^add({ kind: 'bridge', name: 'br0' })`, 'Makes a link, whole or not at all'],
  [`await host.links.^add([{ kind: 'bridge', name: 'br0' }])`, 'Makes all links of an array'],
  [`await host.links.^waitFor('eth0', 'up')`, 'Waits until a link meets a condition'],
  [`await host.links.^waitFor('eth0', 'gone')`, 'Waits until a link is deleted'],
  [`await host.links.waitFor('eth0', 'up', { ^timeout: 4 })`, 'illiseconds'],
  [`await host.nexthops.^add({ id: 1, gateway: '10.0.0.1' })`, 'Adds a nexthop'],
  [`await host.addresses.^add({ device: 'eth0', address: '10.1.1.1/24' })`, 'Adds an address'],
  [`await host.addresses.^add('eth0', '10.1.1.1/24')`, 'Adds an address'],
  [`await host.^exec('ls')`, 'Runs a command line'],
  [`await host.^execFile('ls')`, 'Runs a program'],
  [`await host.^lookup('localhost')`, 'address of a name'],
  [`await host.sysctl.^set({ 'net.ipv4.ip_forward': 1 })`, 'sysctls'],
  [`await (await ^createNamespace()).close()`, 'Makes a network namespace'],
];

const FIRST = "import { createNamespace, hostNamespace } from 'rtnetlink'; const host = hostNamespace();";

/** A program that has no mistake. */
export function rightProgram(): string {
  return [FIRST, ...shown.map(([code]) => `${code.replace('^', '')};`), ''].join('\n');
}

/** The places in it, counted from 0, and what is shown there. */
export function hovered(): { line: number; column: number; code: string; shows: string }[] {
  return shown.map(([code, shows], index) => ({ line: index + 1, column: code.indexOf('^'), code, shows }));
}
