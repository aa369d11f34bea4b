import type { NftFamily } from '../../netfilter';
import type { Expression } from '../expressions';
import type { Named } from '../selectors';
import { fieldOf } from '../selectors/field';
import type { Load, Selector } from '../selectors/selector';
import { ipProtocols, types } from '../values/types';
import type { ValueType } from '../values/value-type';
import { matchOf, readCompare, readRange } from './read-match';
import { RuleReader, type Operand } from './rule-reader';
import type { NftRawSet } from './statement';
import { placedType } from './test';
import { formatVerdict } from './verdicts';
import { OBJECT, rejectCodes } from './write';

type ExpressionOf<Kind> = Extract<Expression, { kind: Kind }>;
type LookUp = ExpressionOf<'lookup'>;

/** Reads an expression; false if there are no words for it. */
type Read<Kind> = (reader: RuleReader, expression: ExpressionOf<Kind>) => boolean;

const isLoad = (expression: Expression): boolean =>
  'into' in expression && expression.into !== undefined && !('from' in expression);

function load(reader: RuleReader, expression: Expression): boolean {
  const { into, ...rest } = expression as { into?: number } & Load;
  reader.keep(into, reader.loaded(rest));
  return true;
}

/** Something is loaded, or written from a register. */
const readField: Read<'meta' | 'ct'> = (reader, expression) => {
  if (isLoad(expression)) return load(reader, expression);
  const { from, ...rest } = expression;
  const named = reader.selectorOf(reader.loaded(rest));
  const operand = reader.operand(from);
  if (named === undefined || operand === undefined) return false;
  const { path, selector } = named;
  let value: unknown;
  let needs: Selector['needs'] = [];
  if (operand.bytes !== undefined) {
    value = selector.type.format(operand.bytes);
  } else {
    const source = reader.selectorOf(operand);
    if (source === undefined || source.hasMask) return false;
    value = fieldOf(source.path);
    ({ needs } = source.selector);
  }
  const { match } = matchOf(path, value) as { match: unknown };
  reader.add({ set: match }, needs);
  return true;
};

const readImmediate: Read<'immediate'> = (reader, { into, value }) => {
  if (into !== 0) {
    if (value?.value === undefined) return false;
    reader.keep(into, { bytes: value.value });
    return true;
  }
  const verdict = formatVerdict(value);
  if (verdict === undefined) return false;
  reader.add(verdict);
  return true;
};

const readBitwise: Read<'bitwise'> = (reader, { from, into, mask, xor, operation = 'boolean', by }) => {
  const operand = reader.operand(from);
  if (operand?.load === undefined) return false;
  if (operation === 'boolean' && operand.mask === undefined && mask?.value !== undefined) {
    if (xor?.value?.some((byte) => byte !== 0) === true) return false;
    reader.keep(into, { ...operand, mask: mask.value });
    return true;
  }
  if (operation !== 'rshift' || operand.mask === undefined || by?.value === undefined) return false;
  reader.keep(into, { ...operand, shift: new DataView(by.value.slice().buffer).getUint32(0, true) });
  return true;
};

const readByteOrder: Read<'byteorder'> = (reader, { from, into, operation }) => {
  const operand = reader.operand(from);
  if (operation !== 'hton' || operand?.load === undefined) return false;
  reader.keep(into, { ...operand, isSwapped: true });
  return true;
};

const readLookUp: Read<'lookup'> = (reader, { set, from, into, flags = [] }) => {
  const operands = reader.operandsFrom(from);
  const fields = operands.map((operand) => reader.selectorOf(operand));
  if (fields.length === 0 || set === undefined || (into !== undefined && into !== 0)) return false;
  if (!fields.every((one) => one !== undefined && !one.hasMask)) return false;
  const named = fields as Named[];
  const isAlone = named.length === 1;
  const typesOfKeys = named.map(({ selector }, index) => typeOfKey(selector, operands[index]!));
  const elements = reader.setNamed(set, typesOfKeys);
  const needs = named.flatMap(({ selector }) => selector.needs);
  const key = isAlone ? fieldOf(named[0]!.path) : named.map(({ path }) => fieldOf(path));
  if (into === 0) {
    reader.add({ verdictMap: { key, ...(elements === undefined ? { set } : { elements }) } }, needs);
    return true;
  }
  const found = elements ?? { set };
  const test = flags.length > 0 ? { not: found } : found;
  reader.add(isAlone ? matchOf(named[0]!.path, test) : { match: { concatenation: key, in: test } }, needs);
  return true;
};

/** The type of the keys that something is looked up by: its bits are where they were loaded, unless they were moved. */
function typeOfKey(selector: Selector, { shift }: Operand): ValueType {
  return shift === undefined ? placedType(selector) : selector.type;
}

const readCounter: Read<'counter'> = (reader, { packets, bytes }) => {
  reader.add({ counter: { packets, bytes } });
  return true;
};

const readObject: Read<'objref'> = (reader, { type, name }) => {
  if (type !== OBJECT.counter || name === undefined) return false;
  reader.add({ counter: name });
  return true;
};

const periods = { 1: 'second', 60: 'minute', 3600: 'hour', 86_400: 'day', 604_800: 'week' } as const;

const readLimit: Read<'limit'> = (reader, { rate, unit, burst, type, flags = [] }) => {
  const per = periods[unit as keyof typeof periods] as string | undefined;
  if (per === undefined) return false;
  const isOver = flags.length > 0 && { over: true };
  reader.add({ limit: { rate, per, burst, ...(type === 'bytes' && { unit: type }), ...isOver } });
  return true;
};

const readQuota: Read<'quota'> = (reader, { bytes, flags = [], consumed = 0 }) => {
  if (flags.some((flag) => flag !== 'over' && flag !== 'depleted')) return false;
  reader.add({
    quota: { bytes, ...(flags.includes('over') && { over: true }), ...(consumed > 0 && { used: consumed }) },
  });
  return true;
};

const WARNING = 'warn';

const readLog: Read<'log'> = (reader, { kind: _, ...values }) => {
  const given = Object.entries(values).filter(
    ([name, value]) =>
      !(name === 'level' && value === WARNING) &&
      !(values.group !== undefined && (name === 'snapLength' || name === 'queueThreshold') && value === 0),
  );
  reader.add(given.length === 0 ? 'log' : { log: Object.fromEntries(given) });
  return true;
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

/** What stands in registers: one value, or from one to another. */
function chosen(reader: RuleReader, format: (bytes: Uint8Array) => unknown, from?: number, to?: number): unknown {
  const first = reader.operand(from)?.bytes;
  if (first === undefined) return undefined;
  const last = to === undefined || to === from ? undefined : reader.operand(to)?.bytes;
  if (to !== undefined && to !== from && last === undefined) return undefined;
  return last === undefined ? format(first) : { from: format(first), to: format(last) };
}

interface Ports {
  flags?: readonly (string | number)[] | undefined;
  portFrom?: number | undefined;
  portTo?: number | undefined;
}

/** Ports and flags in words; undefined if there are no words for them. */
function portsIn(reader: RuleReader, { flags = [], portFrom, portTo }: Ports): object | undefined {
  const others = flags.filter((flag) => flag !== 'protoSpecified' && flag !== 'mapIps');
  if (others.some((flag) => !['random', 'fullyRandom', 'persistent'].includes(String(flag)))) return undefined;
  const port = chosen(reader, (bytes) => types.inet_service.format(bytes), portFrom, portTo);
  if (portFrom !== undefined && port === undefined) return undefined;
  return { ...(port !== undefined && { port }), ...(others.length > 0 && { flags: others }) };
}

const readPorts =
  (word: 'masquerade' | 'redirect'): Read<'masq' | 'redir'> =>
  (reader, expression) => {
    const ports = portsIn(reader, expression);
    if (ports === undefined) return false;
    reader.add(Object.keys(ports).length === 0 ? word : { [word]: ports });
    return true;
  };

const readNat: Read<'nat'> = (reader, { type, family, addressFrom, addressTo, ...rest }) => {
  const ports = portsIn(reader, rest);
  const format = (bytes: Uint8Array) => (family === 'ip6' ? types.ipv6_addr : types.ipv4_addr).format(bytes);
  const address = chosen(reader, format, addressFrom, addressTo);
  if (ports === undefined || typeof type !== 'string' || (addressFrom !== undefined && address === undefined))
    return false;
  const isSaid = address !== undefined && family !== reader.family;
  reader.add({ [type]: { ...(isSaid && { family }), ...(address !== undefined && { address }), ...ports } });
  return true;
};

const readers: Partial<Record<Expression['kind'] & string, (reader: RuleReader, expression: never) => boolean>> = {
  payload: (reader, expression: ExpressionOf<'payload'>) => isLoad(expression) && load(reader, expression),
  meta: readField,
  ct: readField,
  rt: load,
  socket: load,
  immediate: readImmediate,
  bitwise: readBitwise,
  byteorder: readByteOrder,
  cmp: readCompare,
  range: readRange,
  lookup: readLookUp,
  counter: readCounter,
  objref: readObject,
  limit: readLimit,
  quota: readQuota,
  log: readLog,
  reject: readReject,
  masq: readPorts('masquerade'),
  redir: readPorts('redirect'),
  nat: readNat,
  notrack: (reader) => {
    reader.add('notrack');
    return true;
  },
};

/** The sets without names that a rule looks something up in. */
export interface SetsOfRule {
  /** The elements of one in words, by the types of its keys; undefined for a set that has a name. */
  elements(name: string, types: readonly ValueType[]): unknown;
  /** One as the kernel has it; undefined for a set that has a name. */
  raw(name: string): NftRawSet | undefined;
}

/** The statements that a rule's expressions stand for. What has no words stays as it is. */
export function readStatements(family: NftFamily, expressions: readonly Expression[], sets: SetsOfRule): unknown[] {
  const rawOf = (these: readonly Expression[]) => {
    const raw = these.flatMap((one) =>
      one.kind === 'lookup' && (one as LookUp).set !== undefined ? (sets.raw((one as LookUp).set!) ?? []) : [],
    );
    return { expressions: these, ...(raw.length > 0 && { sets: raw }) };
  };
  const reader = new RuleReader(family, expressions, (name, keys) => sets.elements(name, keys), rawOf);
  for (let expression = reader.next(); expression !== undefined; expression = reader.next()) {
    const read = readers[expression.kind as 'cmp'];
    if (read?.(reader, expression as never) !== true) reader.addRaw();
  }
  reader.end();
  return reader.statements;
}
