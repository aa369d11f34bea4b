import os from 'node:os';

import { candidates, parseResolvConf, type ResolverSettings } from '../../../lib/sockets/resolver/resolv-conf';

jest.spyOn(os, 'hostname').mockReturnValue('machine.corp.example');

const usual: ResolverSettings = {
  servers: ['127.0.0.1'],
  search: ['corp.example'],
  ndots: 1,
  timeout: 5000,
  attempts: 2,
  rotate: false,
  tcp: false,
};

describe('resolv.conf', () => {
  test('that says nothing means the server of the host, and the domain that the host is in', () => {
    expect(parseResolvConf('')).toEqual(usual);
  });

  test('names servers, search domains and options', () => {
    const text = `
      # a comment
      ; another
      nameserver 192.0.2.53
      nameserver 2001:db8::53
      nameserver fe80::1%eth0
      nameserver 192.0.2.54
      search a.example b.example.
      options ndots:2 timeout:1 attempts:3 rotate use-vc edns0
      options ndots:x
    `.replaceAll(/^ +/gm, '');

    expect(parseResolvConf(text)).toEqual({
      servers: ['192.0.2.53', '2001:db8::53', 'fe80::1%eth0'],
      search: ['a.example', 'b.example'],
      ndots: 2,
      timeout: 1000,
      attempts: 3,
      rotate: true,
      tcp: true,
    });
  });

  test('has its numbers limited, and the last of search and domain counts', () => {
    const text = 'search a.example\ndomain b.example c.example\noptions ndots:99 timeout:99 attempts:99\n';
    const zeros = 'options timeout:0 attempts:0';

    expect(parseResolvConf(text)).toEqual({ ...usual, search: ['b.example'], ndots: 15, timeout: 30_000, attempts: 5 });
    expect(parseResolvConf(zeros)).toEqual({ ...usual, timeout: 1000, attempts: 1 });
  });

  test.each([
    'nameserver',
    'nameserver dns.example',
    'nameserver 1.2.3',
    'namesERVER 192.0.2.1',
    '#nameserver 192.0.2.1',
    'no',
  ])('passes over %s', (line) => {
    expect(parseResolvConf(`${line}\r\n`)).toEqual(usual);
  });
});

describe('the names to ask for', () => {
  const settings = { ...usual, search: ['a.example', 'b.example'] };

  test.each([
    ['web', 1, ['web.a.example', 'web.b.example', 'web']],
    ['web.x', 1, ['web.x', 'web.x.a.example', 'web.x.b.example']],
    ['web.x', 2, ['web.x.a.example', 'web.x.b.example', 'web.x']],
    ['web.', 1, ['web']],
    ['web', 0, ['web', 'web.a.example', 'web.b.example']],
  ])('of %s with ndots %d', (name, ndots, names) => {
    expect(candidates(name, { ...settings, ndots })).toEqual(names);
  });

  test('are each asked for once', () => {
    expect(candidates('web', { ...usual, search: ['', 'a.example', 'a.example'] })).toEqual(['web', 'web.a.example']);
  });
});
