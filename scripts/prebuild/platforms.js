'use strict';

// The platforms that the package has binaries for, and the packages of Debian 12 by which each is built.

/** The C library that the binaries need at most: that of Node's own builds. */
exports.NEWEST_GLIBC = '2.28';

/**
 * @typedef {object} Platform
 * @property {'glibc' | 'musl'} libc
 * @property {string} target what the names of the compiler and its tools begin with
 * @property {string} machine as readelf calls it
 * @property {string[]} packages
 * @property {string} unwinder the folder of a libgcc_eh.a that needs nothing of glibc 2.35 (`_dl_find_object`): gcc's of version 11
 * @property {string} library the folder of the C library
 * @property {string} loader its dynamic loader, which is a library as well
 */

/** @type {Record<string, Platform>} */
exports.platforms = {
  'linux-x64-glibc': {
    libc: 'glibc',
    target: 'x86_64-linux-gnu',
    machine: 'Advanced Micro Devices X86-64',
    packages: ['g++', 'libgcc-11-dev'],
    unwinder: '/usr/lib/gcc/x86_64-linux-gnu/11',
    library: '/lib/x86_64-linux-gnu',
    loader: 'ld-linux-x86-64.so.2',
  },
  'linux-arm64-glibc': {
    libc: 'glibc',
    target: 'aarch64-linux-gnu',
    machine: 'AArch64',
    packages: ['g++-aarch64-linux-gnu', 'libgcc-11-dev-arm64-cross'],
    unwinder: '/usr/lib/gcc-cross/aarch64-linux-gnu/11',
    library: '/usr/aarch64-linux-gnu/lib',
    loader: 'ld-linux-aarch64.so.1',
  },
  'linux-x64-musl': {
    libc: 'musl',
    target: 'x86_64-linux-gnu',
    machine: 'Advanced Micro Devices X86-64',
    packages: ['g++', 'make', 'musl-tools', 'libgcc-11-dev', 'linux-libc-dev'],
    unwinder: '/usr/lib/gcc/x86_64-linux-gnu/11',
    library: '/usr/lib/x86_64-linux-musl',
    loader: 'libc.so',
  },
};
