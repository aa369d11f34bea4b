'use strict';

const { hexLines } = require('./file');
const { sequenceOf, traced, typeOf } = require('./traced');

/** What a type of rtnetlink messages does, in its last two bits: NEW, DEL, GET, SET. */
const VERB = 3;
const GET = 2;
const RTM_GETLINK = 18;

/** The type of the messages that describe an object of iproute2's commands. */
const DESCRIBES = {
  ...{ link: 16, addr: 20, route: 24, neigh: 28, fdb: 28, rule: 32, qdisc: 36, class: 40, filter: 44, mdb: 84 },
  ...{ netns: 88, nexthop: 104, vlan: 112 },
};

/** The request that a command is about, as lines; it looks links up before, and after. */
function request(command) {
  const asks = / (get|list|show)\b/.test(command);
  const { status, sent, stderr } = traced(command);
  const message = sent.findLast((one) => {
    const type = typeOf(one);
    return asks ? (type & VERB) === GET && type !== RTM_GETLINK : (type & VERB) !== GET;
  });
  if (message === undefined) throw new Error(`sent nothing: ${command}\n${stderr}`);
  return { body: hexLines(message), refusal: status === 0 ? undefined : stderr.trim() };
}

/** The rows that a command shows as JSON, each in front of the kernel's message that it was made from, as lines. */
function rows(command) {
  const { status, stdout, stderr, received } = traced(command);
  if (status !== 0) throw new Error(`failed: ${command}\n${stderr}`);
  const shown = JSON.parse(stdout)
    .flatMap(flat)
    .filter((row) => Object.keys(row).length > 0);
  const messages = repliesOf(received, DESCRIBES[objectOf(command)], shown.length);
  return shown.flatMap((row, index) => [JSON.stringify(row), ...hexLines(messages[index])]);
}

/** `ip addr` shows the addresses inside their link. */
function flat(row) {
  return row.addr_info?.map((address) => ({ ifindex: row.ifindex, ifname: row.ifname, ...address })) ?? [row];
}

/** The messages with which one request was answered, of as many as there are rows: other requests look links up. */
function repliesOf(received, type, count) {
  const answers = new Map();
  for (const message of received.filter((one) => typeOf(one) === type)) {
    const sequence = sequenceOf(message);
    answers.set(sequence, [...(answers.get(sequence) ?? []), message]);
  }
  for (const messages of answers.values()) if (messages.length === count) return messages;
  throw new Error(`no answer has ${count} messages of type ${type}: ask for less`);
}

/** 'route' of 'ip -j -d -6 route show'. */
function objectOf(command) {
  return command
    .split(' ')
    .slice(1)
    .find((word) => !word.startsWith('-'));
}

module.exports = { request, rows };
