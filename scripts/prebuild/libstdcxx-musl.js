'use strict';

// Debian has musl, but no C++ library for it. So the one of its own compiler's source is built, which takes some two minutes, and kept.

const { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { run } = require('./run');

/** libstdc++ for musl, made in a folder if it is not there: the folders of its headers, and its archive. */
exports.libstdcxxForMusl = ({ target, library }, folder) => {
  const installed = path.join(folder, 'installed');
  if (!existsSync(installed)) install(target, library, folder, installed);
  const headers = path.join(installed, 'include');
  return {
    headers: [headers, path.join(headers, 'x86_64-linux-musl'), path.join(headers, 'backward')],
    archive: path.join(installed, 'lib', 'libstdc++.a'),
  };
};

function install(target, library, folder, installed) {
  const source = unpackedSource(folder);
  const build = path.join(folder, 'build');
  rmSync(build, { recursive: true, force: true });
  mkdirSync(build);
  // Without it the library would be one without threads.
  const threads = path.join(source, 'libgcc', 'gthr-default.h');
  if (!existsSync(threads)) symlinkSync('gthr-posix.h', threads);

  const specs = `-specs=${path.join(library, 'musl-gcc.specs')}`;
  const flags = `-O2 -fPIC -ffunction-sections -fdata-sections -ffile-prefix-map=${folder}=.`;
  const unfinished = `${installed}-unfinished`;
  const inBuild = { cwd: build };
  run(
    path.join(source, 'libstdc++-v3', 'configure'),
    [
      ...['--build=x86_64-pc-linux-gnu', '--host=x86_64-linux-musl', `--prefix=${installed}`],
      ...['--disable-multilib', '--disable-nls', '--disable-libstdcxx-pch', '--disable-shared', '--enable-static'],
      `--with-gxx-include-dir=${path.join(installed, 'include')}`,
      ...[`CC=${target}-gcc ${specs}`, `CXX=${target}-g++ ${specs}`, `CFLAGS=${flags}`, `CXXFLAGS=${flags}`],
      ...['AR=ar', 'RANLIB=ranlib', 'NM=nm', 'STRIP=strip', 'LD=ld'],
    ],
    inBuild,
  );
  run('make', [`-j${os.availableParallelism()}`], inBuild);
  run('make', ['install', `DESTDIR=${unfinished}`], inBuild);
  renameSync(path.join(unfinished, installed), installed);
  for (const left of [unfinished, build, path.join(folder, 'source')]) rmSync(left, { recursive: true });
}

/** What building libstdc++ takes of Debian's gcc-12-source, which is downloaded, but not installed: it would bring autoconf along. */
function unpackedSource(folder) {
  mkdirSync(folder, { recursive: true });
  const packageIn = () => readdirSync(folder).find((file) => /^gcc-12-source_.*\.deb$/.test(file));
  if (packageIn() === undefined) run('apt-get', ['download', '-qq', 'gcc-12-source'], { cwd: folder });
  const unpacked = path.join(folder, 'unpacked');
  const source = path.join(folder, 'source');
  for (const old of [unpacked, source]) rmSync(old, { recursive: true, force: true });
  mkdirSync(source);
  run('dpkg-deb', ['-x', packageIn(), unpacked], { cwd: folder });
  const { dir, base } = path.parse(path.join(unpacked, 'usr/src/gcc-12'));
  const tarball = readdirSync(path.join(dir, base)).find((file) => /^gcc-12.*\.tar/.test(file));
  const parts = ['libstdc++-v3', 'libgcc', 'config', 'include', 'libiberty'].map((part) => `*/${part}/*`);
  const top = ['*/config.*', '*/install-sh', '*/ltmain.sh', '*/missing', '*/depcomp', '*/*.m4', '*/config-ml.in'];
  const more = ['*/mkinstalldirs', '*/move-if-change', '*/gcc/BASE-VER', '*/gcc/DATESTAMP', '*/gcc/*version*'];
  run('tar', [
    '-xf',
    path.join(dir, base, tarball),
    '-C',
    source,
    '--wildcards',
    '--strip-components=1',
    ...parts,
    ...top,
    ...more,
  ]);
  rmSync(unpacked, { recursive: true });
  return source;
}
