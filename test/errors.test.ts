import { getSystemErrorMap } from 'node:util';

import { errorName, errorText } from '../lib/errno';
import {
  isObject,
  NamespaceError,
  NetlinkError,
  outOfRange,
  RtnetlinkError,
  show,
  WaitError,
  within,
  withinElement,
  wrongType,
  wrongValue,
} from '../lib/errors';
import type { NetlinkFailure } from '../lib/errors';
import { atPlace, inNamespace } from '../lib/where';

const mockHeld = new Set<string>();
jest.mock('../lib/capabilities', () => ({ holds: (capability: string) => mockHeld.has(capability) }));

beforeEach(() => {
  mockHeld.clear();
});

describe('names and texts of error numbers', () => {
  const known = Array.from({ length: 600 }, (_, errno) => errno).filter(
    (errno) => !errorName(errno).startsWith(`E${errno}`),
  );

  test('are those of libuv where it knows them', () => {
    const libuv = [...getSystemErrorMap()].map(([errno, [name]]) => [-errno, name] as const);
    // libuv calls 95 ENOTSUP, and has numbers of its own from 3000 on.
    const comparable = libuv.filter(([errno, name]) => errno < 600 && name !== 'ENOTSUP');

    expect(comparable.length).toBeGreaterThan(50);
    expect(comparable.map(([errno]) => [errno, errorName(errno)])).toEqual(comparable);
  });

  test('are there for all of Linux, and each name once', () => {
    const unused = [41, 58];
    const missing = Array.from({ length: 133 }, (_, index) => index + 1).filter((errno) => !known.includes(errno));

    expect(missing).toEqual(unused);
    expect(new Set(known.map(errorName)).size).toBe(known.length);
    expect(known.every((errno) => !errorText(errno).startsWith('Unknown'))).toBe(true);
  });

  test.each([
    [17, 'EEXIST', 'File exists'],
    [95, 'EOPNOTSUPP', 'Operation not supported'],
    [11, 'EAGAIN', 'Resource temporarily unavailable'],
    [524, 'ENOTSUPP', 'Operation not supported by the kernel'],
    [4711, 'E4711', 'Unknown error 4711'],
  ])('%i is %s', (errno, name, text) => {
    expect([errorName(errno), errorText(errno)]).toEqual([name, text]);
  });
});

describe('NetlinkError', () => {
  const failure: NetlinkFailure = { errno: 17, request: 'RTM_NEWLINK', where: inNamespace('blue') };

  test.each<[Partial<NetlinkFailure>, string]>([
    [{}, "RTM_NEWLINK: EEXIST, File exists (namespace 'blue')"],
    [{ subject: "link 'br0'" }, "RTM_NEWLINK: EEXIST, File exists (link 'br0', namespace 'blue')"],
    [
      { errno: 34, kernelMessage: 'ageing time, (seconds) out of range', property: 'bridge.ageingTime' },
      "RTM_NEWLINK: ERANGE, ageing time, (seconds) out of range, at bridge.ageingTime (namespace 'blue')",
    ],
    [{ errno: 1 }, "RTM_NEWLINK: EPERM, Operation not permitted, CAP_NET_ADMIN is missing (namespace 'blue')"],
    [{ errno: 105, syscall: 'sendmsg' }, "sendmsg: ENOBUFS, No buffer space available (namespace 'blue')"],
  ])('%j', (more, message) => {
    expect(new NetlinkError({ ...failure, ...more }).message).toBe(message);
  });

  test('has what the system said', () => {
    const error = new NetlinkError({
      errno: 34,
      request: 'RTM_NEWLINK',
      where: inNamespace('blue'),
      subject: "link 'br0'",
      kernelMessage: 'out of range',
      property: 'bridge.ageingTime',
    });

    expect(error).toBeInstanceOf(Error);
    expect(Object.fromEntries(Object.entries(error))).toEqual({
      name: 'NetlinkError',
      code: 'ERANGE',
      errno: 34,
      request: 'RTM_NEWLINK',
      syscall: undefined,
      namespace: { name: 'blue', inode: undefined },
      subject: "link 'br0'",
      kernelMessage: 'out of range',
      property: 'bridge.ageingTime',
      capability: undefined,
    });
  });
});

describe('the capability that is missing', () => {
  test.each([
    ['RTM_NEWLINK', 1, 'CAP_NET_ADMIN'],
    ['RTM_NEWLINK', 13, undefined],
    ['RTM_NEWLINK', 17, undefined],
    ['unshare', 1, 'CAP_SYS_ADMIN'],
    ['setns', 1, 'CAP_SYS_ADMIN'],
    ['mount', 1, 'CAP_SYS_ADMIN'],
    ['bind', 13, 'CAP_NET_BIND_SERVICE'],
    ['open', 13, 'CAP_DAC_OVERRIDE'],
    ['open', 2, undefined],
    ['socket', 1, 'CAP_NET_RAW'],
  ])('%s with %i: %s', (call, errno, capability) => {
    expect(new NamespaceError({ errno, syscall: call, where: atPlace('x') }).capability).toBe(capability);
    expect(new NetlinkError({ errno, request: 'RTM_TEST', syscall: call, where: atPlace('x') }).capability).toBe(
      capability,
    );
  });
});

test('a capability that the process has is not missing', () => {
  mockHeld.add('CAP_SYS_ADMIN');

  const error = new NamespaceError({ errno: 1, syscall: 'unshare', where: atPlace('x') });

  expect(error.capability).toBeUndefined();
  expect(error.message).toBe('unshare: EPERM, Operation not permitted (x)');
});

test('a link in another namespace is for those who may change it', () => {
  expect(new NetlinkError({ errno: 13, request: 'RTM_GETLINK', where: inNamespace('blue') })).toMatchObject({
    capability: 'CAP_NET_ADMIN',
    message: "RTM_GETLINK: EACCES, Permission denied, CAP_NET_ADMIN is missing (namespace 'blue')",
  });
});

describe('NamespaceError', () => {
  test.each([
    [2, 'open', "open: ENOENT, there is no such namespace (namespace 'blue')"],
    [1, 'unshare', "unshare: EPERM, Operation not permitted, CAP_SYS_ADMIN is missing (namespace 'blue')"],
    [22, 'NS_GET_NSTYPE', "NS_GET_NSTYPE: EINVAL, not a network namespace (namespace 'blue')"],
  ])('%i from %s', (errno, syscall, message) => {
    const error = new NamespaceError({ errno, syscall, where: inNamespace('blue') });

    expect(error).toMatchObject({
      name: 'NamespaceError',
      message,
      code: errorName(errno),
      errno,
      syscall,
      namespace: { name: 'blue', inode: undefined },
    });
  });
});

test('a NamespaceError gains the names around it, of an array with the element', () => {
  const error = new NamespaceError({ errno: 2, syscall: 'open', where: inNamespace('blue') });

  const outer = withinElement(17, within('peer', within('namespace', error)));

  expect(outer).toBeInstanceOf(NamespaceError);
  expect(outer).toMatchObject({
    ...{ code: 'ENOENT', syscall: 'open', property: '[17].peer.namespace', element: 17 },
    message: "open: ENOENT, there is no such namespace, at [17].peer.namespace (namespace 'blue')",
  });
  expect(error).toMatchObject({ property: undefined, element: undefined, subject: undefined });
});

test('errors of the system are of one class, and say of which namespace', () => {
  const [netlink, namespace, wait] = [
    new NetlinkError({ errno: 17, request: 'RTM_NEWLINK', where: inNamespace('blue', 7) }),
    new NamespaceError({ errno: 2, syscall: 'open', where: atPlace("'/etc/passwd'") }),
    new WaitError({ code: 'ETIMEDOUT', text: 'late', awaited: "link 'a'", where: inNamespace(undefined, 7) }),
  ];

  for (const error of [netlink, namespace, wait]) expect(error).toBeInstanceOf(RtnetlinkError);
  expect(netlink.namespace).toEqual({ name: 'blue', inode: 7 });
  expect(namespace.namespace).toBeUndefined();
  expect(namespace).toMatchObject({
    subject: "'/etc/passwd'",
    message: expect.stringMatching(/ \('\/etc\/passwd'\)$/) as string,
  });
  expect(wait).toMatchObject({ namespace: { name: undefined, inode: 7 }, errno: 110 });
  expect(wait.message).toBe("waitFor: ETIMEDOUT, late (link 'a', namespace net:[7])");
});

describe('argument errors', () => {
  test('name the property, and gain the names around it', () => {
    const error = wrongValue('must be positive', 'port');

    const outer = within('peers', withinElement(0, error));

    expect(outer).toBe(error);
    expect(error).toMatchObject({
      name: 'RangeError',
      message: 'peers[0].port: must be positive',
      property: 'peers[0].port',
      code: 'ERR_INVALID_ARG_VALUE',
    });
  });

  test('of a wrong kind are TypeErrors, and may have no property yet', () => {
    const error = wrongType('must be a number, not {}');

    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('must be a number, not {}');
    expect(within('mtu', error)).toMatchObject({ message: 'mtu: must be a number, not {}', property: 'mtu' });
  });

  test.each([
    [wrongType('x'), 'ERR_INVALID_ARG_TYPE'],
    [wrongValue('x'), 'ERR_INVALID_ARG_VALUE'],
    [outOfRange('x'), 'ERR_OUT_OF_RANGE'],
  ])('have the codes of Node: %s', (error, code) => {
    expect(error).toMatchObject({ code });
    expect(Object.keys(error)).toEqual(['code']);
    expect(within('mtu', error)).toMatchObject({ code, property: 'mtu' });
  });

  test('tell of a Proxy that was revoked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    expect(() => isObject(proxy)).toThrow('must not be a Proxy that was revoked');
  });

  test('others pass through untouched', () => {
    const error = new Error('closed');

    expect(within('mtu', error)).toBe(error);
    expect(error.message).toBe('closed');
    expect(within('mtu', 'not an error')).toBe('not an error');
  });
});

test('values in messages are quoted, and cut when they are long', () => {
  expect(show('a')).toBe("'a'");
  expect(show(undefined)).toBe('undefined');
  expect(show({ a: 1 })).toBe('{ a: 1 }');
  expect(show('x'.repeat(100))).toBe(`'${'x'.repeat(56)}...`);
  expect(show(Array.from({ length: 50 }, () => 1))).toHaveLength(60);
});
