import { addressesInHosts, isLocalhost } from '../../../lib/sockets/resolver/hosts';

const text = `
127.0.0.1 localhost # not web
10.1.1.1  Web.Example web   # the web
2001:db8::1\tweb
10.1.1.2 web
10.1.1.1 web
#10.1.1.3 web
web 10.1.1.4
10.1.1.300 web
fe80::1%lo link
`;

test.each([
  ['web', ['10.1.1.1', '2001:db8::1', '10.1.1.2']],
  ['WEB.example.', ['10.1.1.1']],
  ['link', ['fe80::1%lo']],
  ['the', []],
  ['10.1.1.1', []],
  ['', []],
])('a hosts file has for %s', (name, addresses) => {
  expect(addressesInHosts(text, name)).toEqual(addresses);
});

test.each([
  ['localhost', true],
  ['LocalHost.', true],
  ['web.localhost', true],
  ['localhost.example', false],
  ['notlocalhost', false],
])('%s is a name of the host itself: %s', (name, itself) => {
  expect(isLocalhost(name)).toBe(itself);
});
