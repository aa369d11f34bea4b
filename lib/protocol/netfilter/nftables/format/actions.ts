import { isObject } from '../../../../errors';
import type {
  NftConnectionCount,
  NftCounter,
  NftDup,
  NftForward,
  NftLimit,
  NftLog,
  NftLogFlag,
  NftQueue,
  NftQuota,
  NftReject,
  NftSynproxy,
} from '../statements/action-options';
import { rejectCodes } from '../statements/reject';
import { integer, types } from '../values/types';
import { addressType, formatAddress } from './nat';
import { formatSource } from './sources';
import type { Context } from './terms';
import { formatBytes, quotedWithoutVariables, spaced } from './text';

// Statements that count, limit, tell, and send packets elsewhere.

/** `counter packets 0 bytes 0` */
export function formatCounter({ packets = 0, bytes = 0 }: NftCounter): string {
  return `counter packets ${String(packets)} bytes ${String(bytes)}`;
}

const PACKETS_AT_ONCE = 5;

/** `limit rate over 10/second burst 20 packets` */
export function formatLimit({ rate, per, burst, unit = 'packets', over }: NftLimit): string {
  const isBytes = unit === 'bytes';
  const usual = isBytes ? 0 : PACKETS_AT_ONCE;
  const amount = isBytes ? formatBytes(rate) : String(rate);
  const more = burst === undefined || burst === usual ? '' : isBytes ? formatBytes(burst) : `${String(burst)} packets`;
  return spaced('limit rate', overWord(over), `${amount}/${per}`, more && `burst ${more}`);
}

function overWord(over: boolean | undefined): string {
  return over === true ? 'over' : '';
}

/** `quota over 25 mbytes used 3 kbytes` */
export function formatQuota({ bytes, over, used = 0 }: NftQuota): string {
  return spaced('quota', overWord(over), formatBytes(bytes), used > 0 ? `used ${formatBytes(used)}` : '');
}

/** `ct count over 20` */
export function formatConnectionCount({ count, over }: NftConnectionCount): string {
  return spaced('ct count', overWord(over), String(count));
}

const logFlags = {
  tcpSequence: 'tcp sequence',
  tcpOptions: 'tcp options',
  ipOptions: 'ip options',
  uid: 'skuid',
  macDecode: 'ether',
} as const satisfies Record<NftLogFlag, string>;

function formatLogFlags(flags: readonly NftLogFlag[]): string {
  const names = Object.keys(logFlags) as NftLogFlag[];
  if (names.every((name) => flags.includes(name))) return 'flags all';
  const words = names.filter((name) => flags.includes(name)).map((name) => logFlags[name]);
  return words
    .map((word) => `flags ${word}`)
    .join(' ')
    .replace('tcp sequence flags tcp options', 'tcp sequence,options');
}

const numbered = (word: string, number: number | undefined) =>
  number === undefined ? '' : `${word} ${String(number)}`;

/** `log prefix "web " group 3` */
export function formatLog({ prefix, level, flags = [], group, snapLength, queueThreshold }: NftLog): string {
  return spaced(
    'log',
    prefix === undefined ? '' : `prefix ${quotedWithoutVariables(prefix)}`,
    numbered('group', group),
    numbered('snaplen', snapLength),
    numbered('queue-threshold', queueThreshold),
    level === undefined ? '' : `level ${level}`,
    formatLogFlags(flags),
  );
}

/** `reject with icmp host-prohibited` */
export function formatReject(reject: NftReject): string {
  if (reject === 'tcpReset') return 'reject with tcp reset';
  const [how, code] = Object.entries(reject)[0] as [keyof typeof rejectCodes, string | number];
  return `reject with ${how} ${wordOf(how, code)}`;
}

function wordOf(how: keyof typeof rejectCodes, code: string | number): string {
  return Object.entries(rejectCodes[how]).find(([, number]) => number === code)?.[0] ?? String(code);
}

/** A link by its number, since its name is another namespace's, or another day's. */
function formatDevice(device: unknown, context: Context): string {
  return formatSource(types.iface_index, device, context);
}

/** `dup to 10.0.0.1 device 5`; in a table of netdev `dup to 5`. */
export function formatDup({ address, device }: NftDup, context: Context): string {
  if (address === undefined) return `dup to ${formatDevice(device, context)}`;
  const to = formatAddress(addressType(undefined, context), address, context, false);
  return spaced(`dup to ${to}`, device === undefined ? '' : `device ${formatDevice(device, context)}`);
}

/** `fwd to 5`, `fwd ip to 10.0.0.1 device 5` */
export function formatForward({ device, family, address }: NftForward, context: Context): string {
  const link = formatDevice(device, context);
  if (address === undefined) return `fwd to ${link}`;
  const to = formatAddress(addressType(family, context), address, context, false);
  return spaced('fwd', family, `to ${to} device ${link}`);
}

const queueNumber = integer(2, true);

/** `queue flags bypass to 1-3` */
export function formatQueue({ number = 0, flags = [] }: NftQueue, context: Context): string {
  const given = (['bypass', 'fanout'] as const).filter((flag) => flags.includes(flag)).join(',');
  const to =
    isObject(number) && 'from' in number
      ? `${String(number.from)}-${String(number.to)}`
      : formatSource(queueNumber, number, context);
  return spaced('queue', given && `flags ${given}`, `to ${to}`);
}

/** `synproxy mss 1460 wscale 7 timestamp sack-perm` */
export function formatSynproxy({ mss, windowScale, timestamp, sackPermitted }: NftSynproxy): string {
  return spaced(
    'synproxy',
    numbered('mss', mss),
    numbered('wscale', windowScale),
    timestamp === true ? 'timestamp' : '',
    sackPermitted === true ? 'sack-perm' : '',
  );
}
