'use strict';

// What a binary has to be, as objdump and readelf tell it.

const { readFileSync, statSync } = require('node:fs');
const path = require('node:path');

const { NEWEST_GLIBC, platforms } = require('./platforms');
const { root, run } = require('./run');
const { compareVersions } = require('./stub-glibc');

/** Bytes. Where one grows beyond that, find out what it took along: the streams of the C++ library are 500 KiB. */
const LARGEST = { 'rtnetlink.node': 640 * 1024, 'rtnetlink-exec': 72 * 1024 };
const EXPORTS = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

/** What is wrong with a binary, and what is worth knowing of it. */
exports.inspect = (name, file) => {
  const platform = platforms[name];
  const base = path.basename(file);
  const isAddon = base === 'rtnetlink.node';
  const read = (...options) => run(`${platform.target}-readelf`, ['-W', ...options, file]);
  const [header, segments, dynamic] = [read('-h'), read('-l'), read('-d')];
  const symbols = symbolsIn(run(`${platform.target}-objdump`, ['-T', file]));
  const versions = (of) =>
    symbols.flatMap(({ version }) => (version.startsWith(`${of}_`) ? [version.slice(of.length + 1)] : []));
  const glibc = versions('GLIBC').sort(compareVersions).at(-1);
  const needed = Array.from(dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g), ([, library]) => library);
  const { size, mode } = statSync(file);

  const problems = [];
  const check = (isFine, problem) => isFine || problems.push(problem);
  check(header.includes(`Machine: `) && header.includes(platform.machine), `it is not for ${platform.machine}`);
  check(/Type:\s+DYN/.test(header), 'it cannot be loaded anywhere (PIE)');
  check(glibc === undefined || platform.libc === 'glibc', `it needs glibc`);
  check(compareVersions(glibc ?? '0', NEWEST_GLIBC) <= 0, `it needs glibc ${glibc}, and not just ${NEWEST_GLIBC}`);
  for (const of of ['GLIBCXX', 'CXXABI', 'GCC']) check(versions(of).length === 0, `it needs symbols of ${of}`);
  const libraries = platform.libc === 'glibc' ? ['libc.so.6', platform.loader] : ['libc.so'];
  for (const library of needed) check(libraries.includes(library), `it needs ${library}`);
  for (const symbol of unknownTo(platform, symbols, isAddon)) check(false, `nobody has its symbol ${symbol}`);
  check(!/\.symtab|\.debug/.test(read('-S')), 'it is not stripped');
  check(segments.includes('GNU_RELRO') && /BIND_NOW|FLAGS_1.* NOW/.test(dynamic), 'its tables stay writable (RELRO)');
  check(/GNU_STACK.* RW /.test(segments), 'its stack is executable');
  check(!/TEXTREL|RPATH|RUNPATH/.test(dynamic), 'it changes its own code, or has a path of libraries');
  check(
    symbols.some(({ symbol }) => symbol === '__stack_chk_fail'),
    'it was compiled without a stack protector',
  );
  const bytes = readFileSync(file, 'latin1');
  for (const place of [root, '/build-prebuilt/', process.env.HOME || '/root']) {
    check(!bytes.includes(place), `it names a path of this machine, ${place}`);
  }
  check(size <= LARGEST[base], `it has ${size} bytes, more than ${LARGEST[base]}`);
  if (isAddon) {
    const exported = symbols.flatMap(({ symbol, isDefined }) => (isDefined ? [symbol] : [])).sort();
    check(exported.join() === EXPORTS.join(), `it exports ${exported}`);
    check(/FLAGS_1.*NODELETE/.test(dynamic), 'it can be unloaded while its threads run');
  } else {
    check((mode & 0o777) === 0o755, `its mode is ${(mode & 0o777).toString(8)}`);
    check(!read('-r').includes('_COPY'), 'it has copies of variables of the C library');
    // A glibc before 2.34 leaves them to a function that programs linked with a newer one lack.
    check(/INIT_ARRAYSZ\)\s+8 /.test(dynamic), 'it has constructors, which an older glibc does not run');
  }
  return { problems, size, glibc, needed };
};

/** The dynamic symbols of a file. */
function symbolsIn(list) {
  const lines = list.matchAll(/^[0-9a-f]+ ([^l].{6}) (\S+)\s+[0-9a-f]+\s+(?:\(?(\S+?)\)?\s+)?(\S+)$/gm);
  return Array.from(lines, ([, flags, section, version = '', symbol]) => {
    return { symbol, version, isDefined: section !== '*UND*', isWeak: flags.includes('w') };
  });
}

/** What a file needs that neither the C library nor Node has. */
function unknownTo({ libc, target, library }, symbols, isAddon) {
  const ofMusl =
    libc === 'musl'
      ? new Set(symbolsIn(run(`${target}-objdump`, ['-T', path.join(library, 'libc.so')])).map(({ symbol }) => symbol))
      : undefined;
  return symbols
    .filter(({ isDefined, isWeak }) => !isDefined && !isWeak)
    .filter(({ symbol, version }) => !(ofMusl?.has(symbol) ?? version.startsWith('GLIBC_')))
    .filter(({ symbol }) => !(isAddon && /^(napi|node_api)_/.test(symbol)))
    .map(({ symbol }) => symbol);
}
