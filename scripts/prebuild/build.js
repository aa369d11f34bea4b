'use strict';

const { mkdirSync, rmSync, symlinkSync } = require('node:fs');
const path = require('node:path');

const { libstdcxxForMusl } = require('./libstdcxx-musl');
const { NEWEST_GLIBC, platforms } = require('./platforms');
const { linesOf, nodeHeaders, root, run, runAll } = require('./run');
const { stubGlibc } = require('./stub-glibc');

/** The flags of all that is compiled here, beside those of native/flags/. Nothing in an object says where or when it was compiled. */
const compileFlags = [
  ...linesOf('native/flags/compile.txt'),
  ...linesOf('native/flags/release.txt'),
  ...['-O2', '-fPIC', '-pthread', '-DNDEBUG', `-ffile-prefix-map=${root}=.`, '-I', 'native'],
];
const linkFlags = [
  '-nodefaultlibs',
  '-pthread',
  '-s',
  '-Wl,--build-id=none',
  '-Wl,-z,noexecstack',
  '-Wl,--gc-sections',
];

/** Builds the addon and the helper of a platform. */
exports.buildFor = async (name, scratch, out) => {
  const platform = platforms[name];
  const tools = platform.libc === 'musl' ? muslTools(platform, scratch) : glibcTools(platform, scratch);
  mkdirSync(out, { recursive: true });

  const addon = linesOf('native/sources.txt');
  const helper = linesOf('native/helper/sources.txt');
  const objectOf = (source) => path.join(scratch, `${source.replaceAll('/', '_')}.o`);
  const compile = (source, flags) => [...tools.cxx, ...compileFlags, ...flags, '-c', source, '-o', objectOf(source)];
  const addonFlags = [
    ...linesOf('native/flags/addon-defines.txt').map((define) => `-D${define}`),
    ...['-DNAPI_CPP_EXCEPTIONS', '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL'],
    ...['-isystem', nodeHeaders(), '-isystem', 'node_modules/node-addon-api'],
  ];
  await runAll([
    ...addon.map((source) => compile(source, addonFlags)),
    ...helper.map((source) => compile(source, ['-fno-exceptions', '-fno-rtti'])),
    ...tools.extra.map((source) => [...tools.cc, '-O2', '-fPIC', '-Wall', '-c', source, '-o', objectOf(source)]),
  ]);

  const extra = tools.extra.map(objectOf);
  const link = (file, objects, flags) =>
    run(tools.cxx[0], [
      ...tools.cxx.slice(1),
      ...['-o', path.join(out, file), ...objects.map(objectOf), ...extra],
      ...linkFlags,
      ...flags,
      ...['-Wl,--start-group', ...tools.libraries, '-Wl,--end-group'],
    ]);
  const addonLinkFlags = linesOf('native/flags/addon-link.txt');
  link('rtnetlink.node', addon, ['-shared', ...addonLinkFlags, '-Wl,--version-script=native/exports.map']);
  link('rtnetlink-exec', helper, linesOf('native/flags/helper-link.txt'));
};

function glibcTools(platform, scratch) {
  const { target, library, loader, unwinder } = platform;
  const stub = stubGlibc(platform, NEWEST_GLIBC, path.join(scratch, 'glibc'));
  const ofCompiler = (file) => run(`${target}-g++`, [`-print-file-name=${file}`]).trim();
  return {
    cc: [`${target}-gcc`],
    cxx: [`${target}-g++`],
    extra: ['scripts/prebuild/newer-glibc.c'],
    libraries: [
      ...[ofCompiler('libstdc++.a'), path.join(unwinder, 'libgcc_eh.a'), ofCompiler('libgcc.a'), stub],
      ...['-Wl,--as-needed', path.join(library, loader)],
    ],
  };
}

function muslTools(platform, scratch) {
  const { target, library, unwinder } = platform;
  const specs = `-specs=${path.join(library, 'musl-gcc.specs')}`;
  const { headers, archive } = libstdcxxForMusl(platform, path.join(scratch, '..', 'libstdcxx-musl'));
  const folders = [...headers, kernelHeaders(platform, path.join(scratch, 'kernel'))];
  return {
    cc: [`${target}-gcc`, specs],
    cxx: [`${target}-g++`, specs, '-nostdinc++', ...folders.flatMap((folder) => ['-isystem', folder])],
    extra: [],
    libraries: [
      ...[archive, path.join(unwinder, 'libgcc_eh.a'), path.join(unwinder, 'libgcc.a')],
      // It has no name of its own: by its path it would be needed by that path.
      ...[`-L${library}`, '-l:libc.so'],
    ],
  };
}

/** A folder with the headers of the kernel, without those of glibc that lie beside them. */
function kernelHeaders({ target }, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const name of ['linux', 'asm-generic']) symlinkSync(`/usr/include/${name}`, path.join(folder, name));
  symlinkSync(`/usr/include/${target}/asm`, path.join(folder, 'asm'));
  return folder;
}
