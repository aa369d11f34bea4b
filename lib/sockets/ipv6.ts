import type { IpFamily } from '../codec';
import { errorName } from '../errno';
import { readFile, textOf } from '../files/namespace-files';
import type { NamespaceHandle } from '../namespace/handle';
import { FileRoot } from '../native';

/** How the kernel refuses an IPv6 address where there is no IPv6. */
const refusals: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENETUNREACH', 'EACCES']);
const SWITCH = 'ipv6/conf/all/disable_ipv6';

/** The reason why an IPv6 address was refused, if that is because IPv6 is switched off in the namespace. */
export async function ipv6Missing(
  handle: NamespaceHandle,
  family: IpFamily,
  errno: number,
): Promise<string | undefined> {
  if (family === 'inet' || !refusals.has(errorName(errno))) return undefined;
  const disabled = await isDisabled(handle);
  return disabled ? 'IPv6 is disabled in the namespace' : undefined;
}

async function isDisabled(handle: NamespaceHandle): Promise<boolean> {
  try {
    const content = await readFile(handle, { root: FileRoot.sysctl, path: SWITCH }, 64, { subject: SWITCH });
    return textOf(content).trim() === '1';
  } catch (error) {
    return (error as { code?: string }).code === 'ENOENT';
  }
}
