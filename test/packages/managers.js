'use strict';

const { readFileSync, statSync } = require('node:fs');
const path = require('node:path');

const { commonJs, printed } = require('./program');
const { cache, elsewhere, expectPrinted, filesIn, node, project, run, tool } = require('./support');

// Each installs the tarball in an empty project; that no script runs there makes no difference, with --ignore-scripts or without.

const inModules = (folder) => path.join(folder, 'node_modules/rtnetlink');

const npm = (version, ofNode) => ({
  name: `npm ${version}`,
  async install(folder, tarball, flags) {
    const cli = path.join(await tool(`npm ${version}`), 'npm/bin/npm-cli.js');
    const options = ['--prefer-offline', '--no-audit', '--no-fund', ...flags];
    await run([await node(ofNode), cli, 'install', ...options, tarball], { cwd: folder });
  },
  start: async (folder) => [await node(ofNode), path.join(folder, 'program.js')],
  place: inModules,
});

const pnpm = (version, command) => ({
  name: `pnpm ${version}`,
  async install(folder, tarball, flags) {
    const options = ['--store-dir', path.join(cache, `cache-pnpm-${version}`), '--prefer-offline', ...flags];
    await run([...(await command()), 'add', ...options, tarball], { cwd: folder, env: { CI: 'true' } });
  },
  start: async (folder) => [await node(24), path.join(folder, 'program.js')],
  place: inModules,
});
const pnpm10 = async () => [await node(22), path.join(await tool('pnpm 10'), 'pnpm/bin/pnpm.cjs')];
// A program of its own, no longer one for Node.
const pnpm12 = async () => [path.join(await tool('pnpm 12'), '@pnpm/exe.linux-x64/pnpm')];

/** Two at a time would spoil a cache that they share. */
const yarnClassic = {
  name: 'yarn 1',
  async install(folder, tarball, flags) {
    const cli = path.join(await tool('yarn 1'), 'yarn/bin/yarn.js');
    const options = ['--cache-folder', path.join(cache, `cache-yarn-1${flags.join('')}`), '--prefer-offline', ...flags];
    await run([await node(22), cli, 'add', ...options, `file:${tarball}`], { cwd: folder });
  },
  start: async (folder) => [await node(22), path.join(folder, 'program.js')],
  place: inModules,
};

const yarnBerry = (linker) => ({
  name: `yarn 4 ${linker}`,
  files: (scripts) => ({
    'yarn.lock': '',
    '.yarnrc.yml': [
      `nodeLinker: ${linker}`,
      `enableScripts: ${scripts}`,
      'enableTelemetry: false',
      'enableImmutableInstalls: false',
      `globalFolder: ${path.join(cache, 'cache-yarn-4')}`,
      'httpsCaFilePath: /etc/ssl/certs/ca-certificates.crt\n',
    ].join('\n'),
  }),
  async install(folder, tarball) {
    await run([...(await this.yarn()), 'add', `rtnetlink@file:${tarball}`], { cwd: folder });
  },
  yarn: async () => [await node(22), path.join(await tool('yarn 4'), '@yarnpkg/cli-dist/bin/yarn.js')],
  async start(folder) {
    return [
      await node(22),
      ...(linker === 'pnp' ? ['-r', path.join(folder, '.pnp.cjs')] : []),
      path.join(folder, 'program.js'),
    ];
  },
  place: (folder) =>
    linker === 'pnp'
      ? path.join(folder, path.dirname(filesIn(folder).find((file) => /rtnetlink\/SECURITY\.md$/.test(file)) ?? '?/?'))
      : inModules(folder),
});

async function check(manager, { tarball }, ignoresScripts) {
  const folder = project({ 'program.js': commonJs, ...manager.files?.(!ignoresScripts) });
  await manager.install(folder, tarball, ignoresScripts ? ['--ignore-scripts'] : []);

  const place = manager.place(folder);
  const files = filesIn(place);
  if (files.some((file) => /^build\b/.test(file))) throw new Error('something was compiled');
  const helper = files.filter((file) => file.endsWith('rtnetlink-exec'));
  const modes = helper.map((file) => (statSync(path.join(place, file)).mode & 0o111).toString(8));
  if (modes.length === 0 || modes.some((mode) => mode !== '111')) throw new Error(`the helper's run bits: ${modes}`);
  const sums = readFileSync(path.join(place, 'prebuilds/SHA256SUMS'), 'utf8');
  if (sums === '') throw new Error('no sums');

  expectPrinted(await run(elsewhere([...(await manager.start(folder)), '--worker']), { cwd: folder }), printed);
}

const managers = [
  npm(10, 20),
  npm(11, 22),
  npm(12, 24),
  pnpm(10, pnpm10),
  pnpm(12, pnpm12),
  yarnClassic,
  yarnBerry('node-modules'),
  yarnBerry('pnp'),
];

exports.combinations = managers.flatMap((manager) =>
  [false, true].map((ignoresScripts) => ({
    name: `${manager.name}${ignoresScripts ? ', scripts ignored' : ''}`,
    run: (given) => check(manager, given, ignoresScripts),
  })),
);
