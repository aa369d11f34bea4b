'use strict';

// The floors of lib/, bottom first. A file imports from its own floor or a lower one, types included.
const floors = [
  {
    name: 'the ground floor (native, errors)',
    path: '^lib/(?!index\\.ts|network-namespace\\.ts|namespaces\\.ts)[^/]+\\.ts$',
  },
  { name: 'codec', path: '^lib/codec/' },
  { name: 'protocol', path: '^lib/protocol/' },
  { name: 'transport', path: '^lib/transport/' },
  { name: 'namespace', path: '^lib/namespace/' },
  { name: 'what is inside a namespace', path: '^lib/(events|files|programs|sockets)/' },
  { name: 'collections', path: '^lib/collections/' },
  { name: 'network-namespace', path: '^lib/network-namespace\\.ts$' },
  { name: 'namespaces', path: '^lib/namespaces\\.ts$' },
  { name: 'index', path: '^lib/index\\.ts$' },
];

// The rooms of the floor above namespace/ stand side by side, and import of one another only what is named here.
const roomsInside = [
  { room: 'events' },
  { room: 'files' },
  // The resolver reads /etc/netns/NAME; a refused IPv6 address is explained by a sysctl.
  { room: 'sockets', but: ['^lib/files/(etc|namespace-files)\\.ts$'] },
  // A worker's namespace is tried by opening a socket there.
  { room: 'programs', but: ['^lib/sockets/open-socket\\.ts$'] },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...floors.slice(0, -1).map(({ name, path }, floor) => ({
      name: `nothing above ${name}`,
      severity: 'error',
      from: { path },
      to: { path: floors.slice(floor + 1).map((higher) => higher.path) },
    })),
    ...roomsInside.map(({ room, but = [] }) => ({
      name: `${room} stands beside the other rooms inside a namespace`,
      severity: 'error',
      from: { path: `^lib/${room}/` },
      to: { path: '^lib/(events|files|programs|sockets)/', pathNot: [`^lib/${room}/`, ...but] },
    })),
    {
      name: 'codec and protocol know no socket',
      severity: 'error',
      from: { path: '^lib/(codec|protocol)/' },
      to: { path: ['^lib/native\\.ts$', '^lib/transport/'] },
    },
    {
      name: 'only the codec knows what it has for speed alone',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/codec/' },
      to: { path: '^lib/codec/fast/' },
    },
    {
      name: 'only native.ts loads the addon',
      severity: 'error',
      from: { path: '^(lib|examples|bench)/', pathNot: '^lib/native\\.ts$' },
      to: { path: '(^|/)bindings(/|$)' },
    },
    {
      name: 'lib stands alone',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(test|examples|bench)/' },
    },
    {
      name: 'programs use the public face',
      severity: 'error',
      from: { path: '^(examples|bench)/' },
      to: { path: '^(lib|dist)/', pathNot: '^(lib/index\\.ts|dist/index\\.(d\\.ts|js))$' },
    },
    {
      name: 'no circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no unresolved import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
