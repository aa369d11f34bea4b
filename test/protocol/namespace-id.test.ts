import {
  decodeNamespaceId,
  getNamespaceId,
  listNamespaceIds,
  namespaceIdMessage,
  newNamespaceId,
} from '../../lib/protocol/namespace-id';
import { amidst, attribute, bytes, encoded, thrownBy, u32 } from '../support/bytes';
import type { Request } from '../../lib/protocol/netlink';

const NETNSA = { NSID: 1, PID: 2, FD: 3 } as const;
const HEADER = Uint8Array.of(0, 0, 0, 0);

const encode = (request: Request) =>
  encoded((writer) => {
    request.encode(writer);
  });

/** A namespace that is open under descriptor 17. */
function held() {
  return { [Symbol.toStringTag]: 'NetworkNamespace' as const, retain: jest.fn(() => 17), release: jest.fn() };
}

describe('ids of namespaces', () => {
  test('are asked for by descriptor and by process', () => {
    expect(encode(getNamespaceId(held()))).toEqual(bytes(HEADER, attribute(NETNSA.FD, u32(17))));
    expect(encode(getNamespaceId({ pid: 4711 }))).toEqual(bytes(HEADER, attribute(NETNSA.PID, u32(4711))));
    expect(encode(listNamespaceIds())).toEqual(HEADER);
  });

  test('are given as one likes, or as the kernel likes', () => {
    const given = (id: number | undefined) => encode(newNamespaceId(held(), id));

    expect(given(5)).toEqual(bytes(HEADER, attribute(NETNSA.NSID, u32(5)), attribute(NETNSA.FD, u32(17))));
    expect(given(undefined)).toEqual(
      bytes(HEADER, attribute(NETNSA.NSID, u32(0xffffffff)), attribute(NETNSA.FD, u32(17))),
    );
  });

  test('are read in captured requests, by which the namespace was named', () => {
    const read = (request: Request) => {
      const content = encode(request);
      const { source, start, end } = amidst(content);
      return namespaceIdMessage.decode(source, start, end);
    };

    expect(read(newNamespaceId(held(), 5))).toEqual({ id: 5, namespace: { fd: 17 } });
    expect(read(getNamespaceId({ pid: 4711 }))).toEqual({ id: -1, namespace: { pid: 4711 } });
  });

  test('a namespace stays open until it is answered', () => {
    const namespace = held();
    let references: unknown;

    encoded((writer) => {
      getNamespaceId(namespace).encode(writer);
      ({ references } = writer);
    });

    expect(references).toEqual([namespace]);
    expect(namespace.retain).toHaveBeenCalledTimes(1);
    expect(namespace.release).not.toHaveBeenCalled();
  });

  test.each<[string, () => unknown, string]>([
    ['TypeError', () => encode(getNamespaceId(5 as never)), 'namespace'],
    ['RangeError', () => encode(getNamespaceId('blue')), 'namespace'],
    ['RangeError', () => encode(getNamespaceId({ pid: 0 })), 'namespace.pid'],
    ['RangeError', () => newNamespaceId(held(), -1), 'id'],
    ['RangeError', () => newNamespaceId(held(), 2 ** 31 - 1), 'id'],
  ])('%s', (name, action, property) => {
    expect(thrownBy(action)).toMatchObject({ name, property });
  });

  test('are decoded; an answer without one is none', () => {
    const decode = (...content: Uint8Array[]) => {
      const { source, start, end } = amidst(bytes(HEADER, ...content));
      return decodeNamespaceId(source, start, end).id;
    };

    expect(decode(attribute(NETNSA.NSID, u32(3)))).toBe(3);
    expect(decode(attribute(NETNSA.NSID, u32(0xffffffff)))).toBe(-1);
    expect(decode()).toBe(-1);
  });
});
