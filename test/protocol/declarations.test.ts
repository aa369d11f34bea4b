import { AF, returnWriter, takeWriter, type Fields, type Members, type Message, type Writer } from '../../lib/codec';
import { togetherCheck } from '../../lib/codec/together';
import { linkMessage } from '../../lib/protocol/link';
import { linkKinds, portKinds } from '../../lib/protocol/link-kinds';
import { messageOf } from '../../lib/protocol/message-types';
import { qdisc } from '../../lib/protocol/qdisc';
import { qdiscKinds } from '../../lib/protocol/qdiscs';
import { RTM } from '../../lib/protocol/rtnetlink';

// What follows from a declaration is put together when it is first needed, and a kind is loaded then: here all is, so that what is declared
// wrongly is told by a test.

const messages = Object.entries(RTM).flatMap(([name, type]) =>
  [AF.unspec, AF.inet, AF.inet6, AF.bridge].map((family): [string, number, Message<Members, Fields>] => [
    name,
    family,
    messageOf(type, family) as Message<Members, Fields>,
  ]),
);

test.each(messages)('RTM_%s of address family %i is declared as it can be', (_name, _family, message) => {
  const { attributes, fields, header } = message;

  expect(() => attributes.readers).not.toThrow();
  expect(() => togetherCheck(fields)).not.toThrow();
  expect(() =>
    message.decode({ bytes: new Uint8Array(64), view: new DataView(new ArrayBuffer(64)) }, 0, header.size),
  ).not.toThrow();
  for (const name of [...message.filters.keys()]) expect(fields).toHaveProperty(name);
});

function written(encode: (writer: Writer) => void): number {
  const writer = takeWriter();
  try {
    encode(writer);
    return writer.position;
  } finally {
    returnWriter(writer);
  }
}

test.each(Object.keys(linkKinds))('the kind %s of links has names of its own', (kind) => {
  const size = written((writer) => {
    linkMessage.encode(writer, { kind } as object);
  });

  expect(size).toBeGreaterThan(16);
});

test.each(Object.entries(portKinds))('ports of a %s are declared as they can be', (_kind, { data }) => {
  expect(() => data.readers).not.toThrow();
});

test.each(Object.keys(qdiscKinds))('the kind %s of queueing disciplines has names of its own', (kind) => {
  const size = written((writer) => {
    qdisc.encode(writer, { kind, device: 1 }, { only: { has: (name) => name === 'kind' } });
  });

  expect(size).toBeGreaterThan(20);
});
