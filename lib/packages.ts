/* eslint-disable @typescript-eslint/no-require-imports -- each is loaded when it is first needed */
import type child_process from 'node:child_process';
import type crypto from 'node:crypto';
import type dgram from 'node:dgram';
import type dns from 'node:dns';
import type fsPromises from 'node:fs/promises';
import type http from 'node:http';
import type https from 'node:https';
import type net from 'node:net';
import type os from 'node:os';
import type worker_threads from 'node:worker_threads';

import type * as DnsPacket from 'dns-packet';
import type * as Levenshtein from 'fastest-levenshtein';
import type * as Undici from 'undici';

import { whenNeeded } from './when-needed';

/**
 * Modules of Node and packages that an import of the library does not load, to save time. Each is loaded when it is
 * first needed.
 */
export const packages = whenNeeded({
  childProcess: () => require('node:child_process') as typeof child_process,
  crypto: () => require('node:crypto') as typeof crypto,
  dgram: () => require('node:dgram') as typeof dgram,
  dns: () => require('node:dns') as typeof dns,
  fsPromises: () => require('node:fs/promises') as typeof fsPromises,
  http: () => require('node:http') as typeof http,
  https: () => require('node:https') as typeof https,
  net: () => require('node:net') as typeof net,
  os: () => require('node:os') as typeof os,
  workerThreads: () => require('node:worker_threads') as typeof worker_threads,

  dnsPacket: () => require('dns-packet') as typeof DnsPacket,
  levenshtein: () => require('fastest-levenshtein') as typeof Levenshtein,
  /** An optional package. Throws an Error with `code` MODULE_NOT_FOUND and an explanation if it is not installed. */
  undici: requireUndici,
});

function requireUndici(): typeof Undici {
  try {
    return require('undici') as typeof Undici;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'MODULE_NOT_FOUND' || !message.includes("'undici'")) throw error;
    const missing = new Error("a dispatcher needs the package undici, which is not installed: 'npm install undici'");
    throw Object.assign(missing, { code, cause: error });
  }
}
