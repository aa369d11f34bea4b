'use strict';

const path = require('node:path');

const { installed, node, run, tool } = require('./support');

// Projects in TypeScript that use the library, with its types checked as well (`skipLibCheck: false`).

const body = `
export async function look(): Promise<number[]> {
  const namespace: NetworkNamespace = await createNamespace();
  await namespace.links.add({ kind: 'bridge', name: 'br0', up: true, ageingTime: undefined });
  const options: VethOptions = { kind: 'veth', name: 'v0', mtu: undefined, peer: { name: 'v1', namespace: undefined } };
  await namespace.links.add(options);
  const routes: Route[] = await namespace.routes.list({ table: undefined, family: undefined });
  try {
    await namespace.addresses.add('v0', '10.1.1.1/24');
  } catch (error) {
    if (error instanceof NetlinkError) console.log(error.code, error.namespace?.name);
  }
  const link = await namespace.links.get('v0', { statistics: undefined });
  await namespace.close();
  return [...routes.map(({ metric }) => metric ?? 0), link.index];
}
`;
const named = `import { createNamespace, NetlinkError, type NetworkNamespace, type Route, type VethOptions } from 'rtnetlink';`;
const sources = {
  'named.ts': `${named}\n${body}`,
  'namespace.ts': `import * as rtnetlink from 'rtnetlink';
    export const host: rtnetlink.NetworkNamespace = rtnetlink.hostNamespace();`,
  'default.mts': `import rtnetlink from 'rtnetlink';\nexport const host = rtnetlink.hostNamespace();`,
  'named.mts': `${named}\n${body}`,
  'named.cts': `${named}\n${body}`,
  'required.cts': `import rtnetlink = require('rtnetlink');
    export const host: rtnetlink.NetworkNamespace = rtnetlink.hostNamespace();`,
};

/** Of each module system its options, and the sources that make sense in it. */
const systems = {
  nodenext: [{ module: 'nodenext' }, Object.keys(sources)],
  bundler: [
    { module: 'esnext', moduleResolution: 'bundler' },
    ['named.ts', 'namespace.ts', 'default.mts', 'named.mts'],
  ],
  commonjs: [{ module: 'commonjs' }, ['named.ts', 'namespace.ts', 'named.cts', 'required.cts']],
};

const versions = ['5.6', '5.9', '6', '7'];

let ready;
const project = (given) => (ready ??= installed(given, sources, ['@types/node@20']));

async function check(version, system, given) {
  const folder = await project(given);
  const [options, files] = systems[system];
  // The library is looked for by its `exports` or not; 7 knows no other way than with.
  const resolution = system === 'commonjs' && Number(version) < 6 ? { moduleResolution: 'node10' } : {};
  const config = `tsconfig-${version}-${system}.json`;
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022', 'esnext.disposable'], types: ['node'], noEmit: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
    ...{ esModuleInterop: true, verbatimModuleSyntax: false },
    ...options,
    ...resolution,
  };
  require('node:fs').writeFileSync(path.join(folder, config), JSON.stringify({ compilerOptions, files }));
  const tsc = path.join(await tool(`typescript ${version}`), 'typescript/bin/tsc');
  await run([await node(22), tsc, '-p', config], { cwd: folder });
}

exports.combinations = versions.flatMap((version) =>
  Object.keys(systems).map((system) => ({
    name: `TypeScript ${version}, ${system}`,
    run: (given) => check(version, system, given),
  })),
);
