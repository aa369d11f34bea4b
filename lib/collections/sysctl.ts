import { promises as fs } from 'node:fs';
import { types } from 'node:util';

import { holds } from '../capabilities';
import { checkText } from '../codec';
import { at, outOfRange, show, wrongType, wrongValue } from '../errors';
import { FileRoot } from '../native';
import { LARGEST_FILE, readDirectory, readFile, textOf, writeFiles, type Meaning } from '../files/namespace-files';
import { asked, askedLater } from '../transport/trip';
import { branchParts, deviceOf, sysctlName, sysctlParts, type SysctlKey } from '../files/sysctl-key';
import { Collection } from './collection';

/**
 * A value for a sysctl. `true` is 1 and `false` 0; an array is for sysctls of several values; `null` clears a list
 * (net.ipv4.ip_local_reserved_ports).
 */
export type SysctlValue = string | number | bigint | boolean | readonly (string | number | bigint)[] | null;

/** A sysctl, as {@link SysctlCollection.list} gives it. */
export interface Sysctl {
  /** 'net.ipv4.conf.eth0.100.forwarding'. */
  key: string;
  /** The same in parts, which is a key as well: ['net', 'ipv4', 'conf', 'eth0.100', 'forwarding']. */
  parts: string[];
  /** The kernel's text without the last line feed; absent where it cannot be read, or has no value yet. */
  value?: string;
}

/** The kernel's settings for a namespace, /proc/sys/net: what `sysctl` shows inside. */
export class SysctlCollection extends Collection {
  /**
   * The value, as the kernel writes it, without the last line feed: '1', '32768\t60999'. Rejects with ENOENT if the
   * namespace has no such sysctl, EACCES if it cannot be read.
   */
  get(key: SysctlKey): Promise<string> {
    return asked(() => {
      const parts = sysctlParts(key);
      const place = { root: FileRoot.sysctl, path: below(parts) };
      return readFile(this.handle, place, LARGEST_FILE, meaningOf(key, parts)).then(valueOf);
    });
  }

  /**
   * Sets one sysctl, or several in order. Rejects with ENOENT if the namespace has no such sysctl, EINVAL or ERANGE if
   * the kernel does not take the value; sysctls before it in the list are set then, those after it are not.
   */
  set(key: SysctlKey, value: SysctlValue): Promise<void>;
  /** Sets several sysctls in order: `set({ 'net.ipv4.ip_forward': 1, 'net.core.somaxconn': 1024 })`. The first that fails ends it. */
  set(values: Readonly<Record<string, SysctlValue>> | ReadonlyMap<SysctlKey, SysctlValue>): Promise<void>;
  set(
    target: SysctlKey | Readonly<Record<string, SysctlValue>> | ReadonlyMap<SysctlKey, SysctlValue>,
    value?: SysctlValue,
  ): Promise<void> {
    return asked(() => {
      if (!isKey(target) && value !== undefined) throw wrongValue(`is for a key, not for ${show(target)}`, 'value');
      const settings = isKey(target) ? [check(target, value, 'value')] : checkAll(target);
      if (settings.length === 0) return Promise.resolve();
      const files = settings.map(({ parts, text }) => [below(parts), Buffer.from(`${text}\n`)] as const);
      return writeFiles(this.handle, FileRoot.sysctl, files, (index) => {
        const { key, parts, text } = settings[index] ?? settings[0]!;
        return meaningOf(key, parts, text);
      });
    });
  }

  /**
   * All sysctls of a branch, 'net.ipv4.conf.eth0', or of the namespace, with their values, sorted by key. Rejects with
   * ENOENT if there is no such branch.
   */
  list(branch: SysctlKey = 'net'): Promise<Sysctl[]> {
    return askedLater(async () => {
      const start = branchParts(branch);
      const place = { root: FileRoot.sysctl, path: below(start) };
      const files = await readDirectory(this.handle, place, true, {
        subject: `sysctls of '${sysctlName(branch)}'`,
        needs: 'CAP_NET_ADMIN',
        explain: (code) => {
          if (code === 'ENOTDIR') return 'it is a value, not a branch';
          return code === 'ENOENT' ? 'there is no such branch' : undefined;
        },
      });
      return files.map(({ name, errno, content }) => {
        const parts = [...start, ...name.split('/')];
        const key = parts.join('.');
        return errno === 0 ? { key, parts, value: valueOf(content) } : { key, parts };
      });
    });
  }
}

function valueOf(content: Uint8Array): string {
  return withoutLineFeed(textOf(content));
}

interface Setting {
  key: SysctlKey;
  parts: string[];
  text: string;
}

function isKey(target: unknown): target is SysctlKey {
  return typeof target === 'string' || Array.isArray(target);
}

function checkAll(values: object): Setting[] {
  if (typeof values !== 'object' || values === null) {
    throw wrongType(`must be a key, or an object of keys and values, not ${show(values)}`, 'key');
  }
  const entries: [unknown, unknown][] = types.isMap(values) ? [...values] : Object.entries(values);
  return entries.map(([key, value]) => check(key, value));
}

/** Errors of the value name `property`, or the key by default. */
function check(key: unknown, value: unknown, property?: string): Setting {
  const parts = sysctlParts(key);
  const checked = key as SysctlKey;
  return { key: checked, parts, text: at(property ?? sysctlName(checked), () => textOfValue(value)) };
}

function textOfValue(value: unknown): string {
  if (value === null) return '';
  if (!Array.isArray(value)) return textOfOne(value);
  if (value.length === 0) throw wrongValue('must not be empty; null clears');
  return value.map((one) => (typeof one === 'boolean' ? wrong(one) : word(textOfOne(one)))).join(' ');
}

function textOfOne(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      const isWhole = Number.isInteger(value);
      throw outOfRange(`must be a whole number${isWhole ? ' up to 2^53 - 1; use a bigint' : ''}, not ${String(value)}`);
    }
    return String(value);
  }
  if (typeof value !== 'string') return wrong(value);
  checkText(value, LONGEST_VALUE);
  if (value.includes('\n')) throw wrongValue(`must not contain a line feed: ${show(value)}`);
  if (value.trim() === '') throw wrongValue('must not be empty; null clears');
  return value;
}

function word(text: string): string {
  if (/\s/.test(text)) throw wrongValue(`must have no white space in its parts: ${show(text)}`);
  return text;
}

function wrong(value: unknown): never {
  throw wrongType(`must be a string, a number, a boolean, null or an array of values, not ${show(value)}`);
}

/** More than any sysctl takes. */
const LONGEST_VALUE = 1 << 20;

function below(parts: readonly string[]): string {
  return parts.slice(1).join('/');
}

function withoutLineFeed(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** What a failure of one sysctl means; `value` is present where it was to be set. */
function meaningOf(key: SysctlKey, parts: readonly string[], value?: string): Meaning {
  const name = sysctlName(key);
  return {
    subject: `sysctl '${name}'${value === undefined ? '' : ` = ${show(value)}`}`,
    needs: 'CAP_NET_ADMIN',
    explain(code, syscall) {
      if (code === 'ENOENT' && syscall === 'openat2') return whyAbsent(parts);
      if (code === 'EISDIR') return 'it is a branch, not a value';
      if (code === 'EACCES' && holds('CAP_NET_ADMIN'))
        return `it cannot be ${value === undefined ? 'read' : 'set'} here`;
      if (syscall === 'write' && (code === 'EINVAL' || code === 'ENOENT')) return 'the kernel does not take this value';
      return undefined;
    },
  };
}

async function whyAbsent(parts: readonly string[]): Promise<string> {
  const device = deviceOf(parts);
  if (device !== undefined) return `there is no device '${device}', or no such sysctl of it`;
  const elsewhere = await fs.access(`/proc/sys/${parts.join('/')}`).then(
    () => true,
    () => false,
  );
  if (elsewhere) return 'the kernel has it once for the whole machine, and not in this namespace';
  return 'there is no such sysctl here; perhaps its module is not loaded';
}
