import type { Answer as DnsRecord, Packet, Question as Asked, StringAnswer } from 'dns-packet';

import { packages } from '../../packages';

/** Which addresses of a name are asked for. */
export interface Question {
  name: string;
  type: 'A' | 'AAAA';
}

/** A question as it is sent. */
export interface Query extends Question {
  id: number;
  bytes: Uint8Array;
}

/** A server's reply: addresses, perhaps none; that it failed; or that the whole answer needs TCP. */
export type Reply =
  { kind: 'addresses'; addresses: string[] } | { kind: 'failure'; code: string } | { kind: 'truncated' };

/** The message that asks a question, with a number that cannot be guessed. */
export function encodeQuery(question: Question): Query {
  const id = packages.crypto.randomInt(0x10000);
  const { dnsPacket } = packages;
  const flags = dnsPacket.RECURSION_DESIRED;
  return { ...question, id, bytes: dnsPacket.encode({ type: 'query', id, flags, questions: [question] }) };
}

/** The reply in a message; undefined if it does not answer the query, or is not a message at all. */
export function decodeReply(query: Query, bytes: Buffer): Reply | undefined {
  if (bytes.length < HEADER_SIZE || bytes.readUInt16BE(0) !== query.id) return undefined;
  const flags = bytes.readUInt16BE(2);
  if ((flags & IS_REPLY) === 0) return undefined;
  // A truncated message may not make sense at its end.
  if ((flags & IS_CUT_OFF) !== 0) return { kind: 'truncated' };
  const packet = decode(bytes);
  const [question] = packet?.questions ?? [];
  const code = flags & REPLY_CODE;
  if (code !== NO_ERROR && code !== NO_SUCH_NAME) {
    // A server that did not understand the question may leave it out.
    const isOfAnother = question !== undefined && !isSameQuestion(question, query);
    return isOfAnother ? undefined : { kind: 'failure', code: replyCodes[code] ?? `code ${code}` };
  }
  if (question === undefined || !isSameQuestion(question, query)) return undefined;
  return { kind: 'addresses', addresses: addressesIn(packet?.answers ?? [], query) };
}

const HEADER_SIZE = 12;
const IS_REPLY = 0x8000;
const IS_CUT_OFF = 0x0200;
const REPLY_CODE = 0xf;
const NO_ERROR = 0;
const NO_SUCH_NAME = 3;
const replyCodes: Readonly<Record<number, string>> = { 1: 'FORMERR', 2: 'SERVFAIL', 4: 'NOTIMP', 5: 'REFUSED' };

function decode(bytes: Buffer): Packet | undefined {
  const { decode } = packages.dnsPacket;
  try {
    const packet = decode(bytes);
    // dns-packet reads a truncated address as a shorter one.
    return decode.bytes > bytes.length ? undefined : packet;
  } catch {
    return undefined;
  }
}

function isSameQuestion(asked: Asked, { name, type }: Question): boolean {
  return asked.type === type && asked.class === 'IN' && isSame(asked.name, name);
}

/** Follows the aliases of the answer from the name that was asked for, and collects the addresses at their end. */
function addressesIn(answers: readonly DnsRecord[], { name, type }: Question): string[] {
  const records = answers.filter((answer): answer is StringAnswer => answer.type === 'CNAME' || answer.type === type);
  const aliases = new Map(
    records.filter((record) => record.type === 'CNAME').map((alias) => [alias.name.toLowerCase(), alias.data]),
  );
  let owner = name;
  // At most as many steps as there are aliases, so that a circle of them ends.
  aliases.forEach(() => {
    owner = aliases.get(owner.toLowerCase()) ?? owner;
  });
  return records
    .filter((record) => record.type === type && isSame(record.name, owner))
    .map((record) => record.data)
    .filter((address) => packages.net.isIP(address) !== 0);
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
