import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A table of the kernel's numbers: `const IFLA = { ADDRESS: 1, ... }` has IFLA_ADDRESS and so on. */
export interface NumberTable {
  file: string;
  name: string;
  /** By the kernel's names. */
  numbers: Map<string, number>;
}

const LIB = path.join(__dirname, '..', '..', 'lib');
const TABLE = /^(?:export )?const ([A-Z][A-Z0-9_]*) = \{([^{}]*)\}/gm;
const KERNELS_NAME = /^[A-Z][A-Z0-9_]*$/;

const files = (readdirSync(LIB, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts')).sort();

function sourceOf(file: string): string {
  return readFileSync(path.join(LIB, file), 'utf8');
}

/** What all files of the library say. */
export function librarySources(): string {
  return files.map(sourceOf).join('\n');
}

/** Every table of the library whose name and keys are written as the kernel writes its own. */
export function numberTables(): NumberTable[] {
  return files.flatMap((file) => {
    const source = sourceOf(file).replace(/\/\*\*.*?\*\/|^ *\/\/.*$/gms, '');
    return [...source.matchAll(TABLE)].flatMap(([, name, body]) => tableOf(file, name!, body!));
  });
}

function tableOf(file: string, name: string, body: string): NumberTable[] {
  const entries = body
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => entry.split(/: */));
  if (!entries.every(([key]) => KERNELS_NAME.test(key!))) return [];
  const numbers = entries.map(([key, value = '']): [string, number] => {
    const number = evaluated(value);
    if (Number.isNaN(number)) throw new Error(`${file}: ${key} of ${name} is no number: ${value}`);
    return [`${name}_${key}`, number];
  });
  return [{ file, name, numbers: new Map(numbers) }];
}

/** A number that is written out: 5, 0x5, 1 << 5. */
function evaluated(text: string): number {
  return text
    .split('<<')
    .map(Number)
    .reduce((value, bits) => value << bits);
}
