import fs from 'node:fs';

/** Numbers of the capabilities that this library's requests ask for. */
const numbers = {
  CAP_DAC_OVERRIDE: 1,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
} as const;

/** A capability of a process, which a failed call would have needed: 'CAP_NET_ADMIN'. See capabilities(7). */
export type Capability = keyof typeof numbers;

/** Whether the calling thread has a capability in its own user namespace; true if that cannot be found out. */
export function holds(capability: Capability): boolean {
  let status: string;
  try {
    status = fs.readFileSync('/proc/thread-self/status', 'utf8');
  } catch {
    return true;
  }
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1];
  if (effective === undefined) return true;
  return (BigInt(`0x${effective}`) & (1n << BigInt(numbers[capability]))) !== 0n;
}
