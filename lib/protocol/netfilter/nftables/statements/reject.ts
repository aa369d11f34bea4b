import { numberOf } from '../../../../codec';
import { at, isObject, show, wrongType, wrongValue } from '../../../../errors';
import { onlyOne } from '../selectors/field';
import { icmpCodes, icmpv6Codes, ipProtocols } from '../values/types';
import type { Read, StatementKinds, Write } from './kind';
import type { RuleWriter } from './rule-writer';

const icmpxCodes = { 'no-route': 0, 'port-unreachable': 1, 'host-unreachable': 2, 'admin-prohibited': 3 } as const;
/** The codes of messages that refuse, by their kind. */
export const rejectCodes = { icmp: icmpCodes, icmpv6: icmpv6Codes, icmpx: icmpxCodes } as const;

const writeReject: Write = (writer, value) => {
  if (value === 'tcpReset') {
    writer.need([{ layer: 'transport', protocol: ipProtocols.tcp }]);
    writer.add({ kind: 'reject', type: 'tcpReset', code: 0 });
    return;
  }
  if (!isObject(value))
    throw wrongType(`must be 'tcpReset', or an object with icmp, icmpv6 or icmpx, not ${show(value)}`);
  const [how, given] = onlyOne(value);
  if (!Object.hasOwn(rejectCodes, how)) throw wrongValue('is no answer: there are icmp, icmpv6, icmpx', how);
  const code = at(how, () => numberOf(rejectCodes[how as 'icmp'], given));
  if (how === 'icmp') writer.need([{ layer: 'network', protocol: 'ip' }]);
  if (how === 'icmpv6') writer.need([{ layer: 'network', protocol: 'ip6' }]);
  writer.add({ kind: 'reject', type: how === 'icmpx' ? 'icmpx' : 'icmp', code });
};

/** The answer where none is named: a port that cannot be reached. */
const writePlainReject = (writer: RuleWriter): void => {
  if (writer.family === 'ip') writer.add({ kind: 'reject', type: 'icmp', code: icmpCodes['port-unreachable'] });
  else if (writer.family === 'ip6') writer.add({ kind: 'reject', type: 'icmp', code: icmpv6Codes['port-unreachable'] });
  else writer.add({ kind: 'reject', type: 'icmpx', code: icmpxCodes['port-unreachable'] });
};

const readReject: Read<'reject'> = (reader, { type, code = 0 }) => {
  if (type === 'tcpReset') {
    reader.add({ reject: 'tcpReset' }, [{ layer: 'transport', protocol: ipProtocols.tcp }]);
    return true;
  }
  if (type === 'icmpx') {
    reader.add(
      code === rejectCodes.icmpx['port-unreachable'] ? 'reject' : { reject: { icmpx: wordOf('icmpx', code) } },
    );
    return true;
  }
  const network = reader.networkOf(['ip', 'ip6']);
  if (network === undefined) return false;
  const how = network === 'ip' ? 'icmp' : 'icmpv6';
  const isPlain = reader.family === network && code === rejectCodes[how]['port-unreachable'];
  reader.add(isPlain ? 'reject' : { reject: { [how]: wordOf(how, code) } }, [{ layer: 'network', protocol: network }]);
  return true;
};

function wordOf(how: keyof typeof rejectCodes, code: number): string | number {
  return Object.entries(rejectCodes[how]).find(([, number]) => number === code)?.[0] ?? code;
}

/** Answers to packets that are refused. */
export const reject = {
  write: { reject: writeReject },
  writeWord: { reject: writePlainReject },
  read: { reject: readReject },
} satisfies StatementKinds;
