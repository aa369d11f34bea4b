import { eachElementOf, numberOf } from '../../../../codec';
import { at, checkObject, isArray, isObject, show, within, wrongType, wrongValue } from '../../../../errors';
import { nearestOf } from '../../../../unknown-name';
import type { Expression } from '../expressions';
import { namedOf, onlyOne, selectorAt } from '../selectors/field';
import { isSelector, type Selector } from '../selectors/selector';
import { setOf, type SetElementValue } from '../sets/set-content';
import { ipProtocols, types } from '../values/types';
import { needIn } from './read-match';
import { REGISTER, type RuleWriter } from './rule-writer';
import { loadTogether, loadWhole, lookUp, placedType, writeTest } from './test';
import type { NftRawSet } from './statement';
import { checkedVerdict, verdictOf } from './verdicts';

type Write = (writer: RuleWriter, value: unknown) => void;

/** A property that a value must not have, or lacks, told by its name. */
function checkNames(value: object, names: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const nearest = nearestOf(name, names);
    throw wrongValue(
      `is no property here: ${nearest === undefined ? `there are ${names.join(', ')}` : `did you mean '${nearest}'?`}`,
      name,
    );
  }
}

/** Several values together, and the sets that they are looked up in. */
function writeConcatenation(writer: RuleWriter, match: object, isNot = false): void {
  checkNames(match, ['concatenation', 'in']);
  const { concatenation, in: given } = match as { concatenation: unknown; in: unknown };
  const selectors = at('concatenation', () => fieldsOf(concatenation));
  at('in', () => {
    writeIn(writer, selectors, given, isNot);
  });
}

function writeIn(writer: RuleWriter, selectors: readonly Selector[], given: unknown, isNot: boolean): void {
  if (isArray(given)) {
    const values: SetElementValue[] = [];
    eachElementOf(given, (key: unknown) => {
      values.push({ key });
    });
    const set = setOf(
      selectors.map(({ type }) => type),
      values,
    );
    loadTogether(writer, selectors);
    lookUp(writer, writer.addSet(set, '__set'), isNot);
    return;
  }
  if (!isObject(given)) throw wrongType(`must be an array, { set: 'name' } or { not: ... }, not ${show(given)}`);
  const [name, value] = onlyOne(given);
  if (name === 'not' && !isNot) {
    at('not', () => {
      writeIn(writer, selectors, value, true);
    });
  } else if (name === 'set' && typeof value === 'string') {
    loadTogether(writer, selectors);
    lookUp(writer, { set: value }, isNot);
  } else {
    throw wrongType(`must be an array, { set: 'name' } or { not: ... }, not ${show(given)}`);
  }
}

/** The selectors of one field, or of several. */
function fieldsOf(given: unknown): Selector[] {
  if (!isArray(given)) return [namedOf(given).selector];
  const selectors: Selector[] = [];
  eachElementOf(given, (field: unknown) => {
    selectors.push(namedOf(field).selector);
  });
  if (selectors.length < 2) throw wrongValue('must have two fields at least');
  return selectors;
}

function writeMatch(writer: RuleWriter, match: unknown): void {
  checkObject('match', match);
  if ('concatenation' in match) {
    writeConcatenation(writer, match);
    return;
  }
  const path: string[] = [];
  let test: unknown = match;
  let selector: Selector | undefined;
  do {
    const [name, inner] = path.length === 0 || isObject(test) ? onlyOne(test as object) : [undefined, undefined];
    if (name === undefined)
      throw wrongType(`must be an object with one of its fields, not ${show(test)}`, path.join('.'));
    path.push(name);
    test = inner;
    const found = selectorAt(path);
    if (isSelector(found)) selector = found;
  } while (selector === undefined);
  at(path.join('.'), () => {
    writeTest(writer, selector, test);
  });
  learn(writer, path);
}

/** A comparison with a protocol makes sure of it for what comes behind. */
function learn(writer: RuleWriter, path: readonly string[]): void {
  const last = writer.expressions.at(-1);
  const before = writer.expressions.at(-2);
  if (last?.kind !== 'cmp' || last.operation !== 'eq' || before?.kind === 'bitwise') return;
  const need = needIn(writer, path, last.value!.value!);
  if (need !== undefined) writer.protocols.learn(need);
}

function immediate(into: number, value: Uint8Array): Expression {
  return { kind: 'immediate', into, value: { value } };
}

const natFlags = ['random', 'fullyRandom', 'persistent'] as const;

/** Ports and flags as the kernel has them. Ports are put into registers from `register` on. */
function portsOf(writer: RuleWriter, { port, flags = [] }: { port?: unknown; flags?: unknown }, register: number) {
  const registers: { portFrom?: number; portTo?: number } = {};
  if (port !== undefined) {
    const { from, to } = isObject(port) ? (port as { from: unknown; to?: unknown }) : { from: port };
    const parse = (value: unknown, place: string) => at(place, () => types.inet_service.parse(value));
    writer.add(immediate(register, parse(from, isObject(port) ? 'port.from' : 'port')));
    registers.portFrom = register;
    if (to !== undefined) {
      writer.add(immediate(register + 1, parse(to, 'port.to')));
      registers.portTo = register + 1;
    }
  }
  if (!isArray(flags)) throw wrongType(`must be an array, not ${show(flags)}`, 'flags');
  for (const flag of flags) {
    if (!natFlags.includes(flag as 'random'))
      throw wrongValue(`must be of ${natFlags.join(', ')}, not ${show(flag)}`, 'flags');
  }
  const all = [...(port === undefined ? [] : ['protoSpecified']), ...flags];
  return { ...registers, ...(all.length > 0 && { flags: all }) };
}

function writePorts(kind: 'masq' | 'redir'): Write {
  return (writer, value) => {
    checkObject(kind, value);
    checkNames(value, ['port', 'flags']);
    writer.add({ kind, ...portsOf(writer, value, REGISTER) } as Expression);
  };
}

function writeNat(type: 'snat' | 'dnat'): Write {
  return (writer, value) => {
    checkObject(type, value);
    checkNames(value, ['family', 'address', 'port', 'flags']);
    const { address, port, flags, family = familyIn(writer) } = value as Record<string, unknown>;
    const type4 = family === 'ip' || family === undefined;
    if (family !== undefined && family !== 'ip' && family !== 'ip6')
      throw wrongValue(`must be 'ip' or 'ip6', not ${show(family)}`, 'family');
    if (address === undefined && port === undefined) throw wrongType('must be given, or a port', 'address');
    let register = REGISTER;
    const registers: { addressFrom?: number; addressTo?: number } = {};
    if (address !== undefined) {
      if (family === undefined) throw wrongType("must be 'ip' or 'ip6' in a table of both", 'family');
      const { from, to } = isObject(address) ? (address as { from: unknown; to?: unknown }) : { from: address };
      const addressType = type4 ? types.ipv4_addr : types.ipv6_addr;
      const parse = (one: unknown, place: string) => at(place, () => addressType.parse(one));
      writer.add(immediate(register, parse(from, isObject(address) ? 'address.from' : 'address')));
      registers.addressFrom = register++;
      if (to !== undefined) {
        writer.add(immediate(register, parse(to, 'address.to')));
        registers.addressTo = register++;
      }
    }
    const ports = portsOf(writer, { port, flags }, register);
    const ofFamily = family ?? (writer.family === 'ip6' ? 'ip6' : 'ip');
    writer.add({ kind: 'nat', type, family: ofFamily, ...registers, ...ports } as Expression);
  };
}

function familyIn({ family }: RuleWriter): unknown {
  return family === 'ip' || family === 'ip6' ? family : undefined;
}

const units = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 } as const;
const PACKETS_AT_ONCE = 5;

const writeLimit: Write = (writer, value) => {
  checkObject('limit', value);
  checkNames(value, ['rate', 'per', 'burst', 'unit', 'over']);
  const { rate, per, burst, unit = 'packets', over } = value as Record<string, unknown>;
  if (typeof per !== 'string' || !Object.hasOwn(units, per))
    throw wrongValue(`must be one of ${Object.keys(units).join(', ')}, not ${show(per)}`, 'per');
  writer.add({
    kind: 'limit',
    ...{ rate, unit: numberOf(units, per), burst: burst ?? (unit === 'packets' ? PACKETS_AT_ONCE : 0), type: unit },
    flags: over === true ? ['over'] : [],
  } as unknown as Expression);
};

const writeQuota: Write = (writer, value) => {
  checkObject('quota', value);
  checkNames(value, ['bytes', 'over', 'used']);
  const { bytes, over, used = 0 } = value as Record<string, unknown>;
  writer.add({ kind: 'quota', bytes, flags: over === true ? ['over'] : [], consumed: used } as Expression);
};

const writeLog: Write = (writer, value) => {
  checkObject('log', value);
  checkNames(value, ['prefix', 'level', 'flags', 'group', 'snapLength', 'queueThreshold']);
  writer.add({ kind: 'log', ...value });
};

const icmpCodes = {
  ...{ 'net-unreachable': 0, 'host-unreachable': 1, 'prot-unreachable': 2, 'port-unreachable': 3 },
  ...{ 'net-prohibited': 9, 'host-prohibited': 10, 'admin-prohibited': 13 },
} as const;
const icmpv6Codes = {
  ...{ 'no-route': 0, 'admin-prohibited': 1, 'addr-unreachable': 3, 'port-unreachable': 4, 'policy-fail': 5 },
  'reject-route': 6,
} as const;
const icmpxCodes = { 'no-route': 0, 'port-unreachable': 1, 'host-unreachable': 2, 'admin-prohibited': 3 } as const;
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
const writePlainReject: Write = (writer) => {
  if (writer.family === 'ip') writer.add({ kind: 'reject', type: 'icmp', code: icmpCodes['port-unreachable'] });
  else if (writer.family === 'ip6') writer.add({ kind: 'reject', type: 'icmp', code: icmpv6Codes['port-unreachable'] });
  else writer.add({ kind: 'reject', type: 'icmpx', code: icmpxCodes['port-unreachable'] });
};

const settable = ['mark', 'priority', 'packetType', 'ct.mark', 'ct.zone'];

const writeSet: Write = (writer, value) => {
  checkObject('set', value);
  let [name, given] = onlyOne(value);
  if (name === 'ct' && isObject(given)) {
    const [inner, innerGiven] = onlyOne(given);
    [name, given] = [`ct.${inner}`, innerGiven];
  }
  if (!settable.includes(name)) throw wrongValue(`cannot be set: what can be is ${settable.join(', ')}`, name);
  const selector = selectorAt(name.split('.')) as Selector;
  at(name, () => {
    if (typeof given === 'number' || selector.type.name === 'pkt_type')
      writer.add(immediate(REGISTER, selector.type.parse(given)));
    else loadWhole(writer, namedOf(given).selector);
  });
  writer.add({ ...selector.load, from: REGISTER } as Expression);
};

const writeVerdictMap: Write = (writer, value) => {
  checkObject('verdictMap', value);
  checkNames(value, ['key', 'set', 'elements']);
  const { key, set, elements } = value as Record<string, unknown>;
  const selectors = at('key', () => fieldsOf(key));
  if ((set === undefined) === (elements === undefined)) throw wrongType("must be given, or 'elements'", 'set');
  if (set !== undefined) {
    if (typeof set !== 'string') throw wrongType(`must be the name of a map, not ${show(set)}`, 'set');
    loadTogether(writer, selectors);
    writer.add({ kind: 'lookup', set, from: REGISTER, into: 0 });
    return;
  }
  const values: SetElementValue[] = [];
  at('elements', () => {
    eachElementOf(elements, (element: { key: unknown; verdict: unknown }) => {
      checkObject('element', element);
      values.push({ key: element.key, data: at('verdict', () => checkedVerdict(element.verdict)) });
    });
  });
  const keyTypes = selectors.length === 1 ? [placedType(selectors[0]!)] : selectors.map(({ type }) => type);
  loadTogether(writer, selectors);
  const map = writer.addSet(setOf(keyTypes, values, { data: 'verdict' }), '__map');
  writer.add({ kind: 'lookup', ...map, from: REGISTER, into: 0 });
};

const writeCounter: Write = (writer, value) => {
  if (typeof value === 'string') {
    writer.add({ kind: 'objref', type: OBJECT.counter, name: value });
    return;
  }
  checkObject('counter', value);
  checkNames(value, ['packets', 'bytes']);
  writer.add({ kind: 'counter', ...value });
};

/** Types of objects (NFT_OBJECT_*). */
export const OBJECT = { counter: 1, quota: 2, helper: 3, limit: 4 } as const;

/** What a list gave without words for it. */
function writeRaw(writer: RuleWriter, { expressions, sets = [] }: { expressions: unknown; sets?: unknown }): void {
  if (!isArray(expressions)) throw wrongType(`must be an array, not ${show(expressions)}`, 'expressions');
  if (!isArray(sets)) throw wrongType(`must be an array, not ${show(sets)}`, 'sets');
  for (const expression of expressions as Expression[]) {
    const set = (sets as NftRawSet[]).find(
      ({ name }) => expression.kind === 'lookup' && name === (expression as { set?: string }).set,
    );
    const of = set && writer.addSet({ raw: set }, set.name.startsWith('__map') ? '__map' : '__set');
    writer.add({ ...expression, ...of } as Expression);
  }
}

const withValue: Record<string, Write> = {
  match: writeMatch,
  counter: writeCounter,
  masquerade: writePorts('masq'),
  redirect: writePorts('redir'),
  snat: writeNat('snat'),
  dnat: writeNat('dnat'),
  limit: writeLimit,
  quota: writeQuota,
  log: writeLog,
  reject: writeReject,
  set: writeSet,
  verdictMap: writeVerdictMap,
};

const alone: Record<string, Write> = {
  counter: (writer) => {
    writer.add({ kind: 'counter' });
  },
  masquerade: (writer) => {
    writer.add({ kind: 'masq' });
  },
  redirect: (writer) => {
    writer.add({ kind: 'redir' });
  },
  log: (writer) => {
    writer.add({ kind: 'log' });
  },
  reject: writePlainReject,
  notrack: (writer) => {
    writer.add({ kind: 'notrack' });
  },
};

/** Writes the statements of a rule. */
export function writeStatements(writer: RuleWriter, statements: unknown): void {
  try {
    eachElementOf(statements, (statement: unknown) => {
      writeStatement(writer, statement);
    });
  } catch (error) {
    throw within('statements', error);
  }
}

function writeStatement(writer: RuleWriter, statement: unknown): void {
  const verdict = verdictOf(statement);
  if (verdict !== undefined) {
    writer.add({ kind: 'immediate', into: 0, value: verdict });
  } else if (typeof statement === 'string') {
    const write = Object.hasOwn(alone, statement) ? alone[statement] : undefined;
    if (write === undefined) throw unknownStatement(statement);
    write(writer, undefined);
  } else if (isObject(statement)) {
    if ('expressions' in statement) {
      writeRaw(writer, statement);
      return;
    }
    const [name, value] = onlyOne(statement);
    const write = Object.hasOwn(withValue, name) ? withValue[name] : undefined;
    if (write === undefined) throw unknownStatement(name);
    at(name, () => {
      write(writer, value);
    });
  } else {
    throw wrongType(`must be a word or an object, not ${show(statement)}`);
  }
}

function unknownStatement(given: string): Error {
  const known = [
    ...new Set([
      ...Object.keys(alone),
      ...Object.keys(withValue),
      'accept',
      'drop',
      'continue',
      'return',
      'jump',
      'goto',
    ]),
  ];
  const nearest = nearestOf(given, known);
  return wrongValue(
    `is no statement: ${nearest === undefined ? `there are ${known.join(', ')}` : `did you mean '${nearest}'?`}`,
    given,
  );
}
