import { promises as fs } from 'node:fs';
import path from 'node:path';

/**
 * The directory of files that are mounted over those of /etc inside a namespace of that name, as by `ip netns exec`.
 */
const OVER_ETC = '/etc/netns';

/**
 * The text of a file of /etc as a program inside the namespace sees it: from /etc/netns/NAME, otherwise from /etc,
 * otherwise ''. It is read each time, since it is small and may change at any time.
 */
export async function readEtc(namespace: string | undefined, file: 'hosts' | 'resolv.conf'): Promise<string> {
  const places = [namespace === undefined ? [] : [path.join(OVER_ETC, namespace)], '/etc'].flat();
  for (const place of places) {
    try {
      return await fs.readFile(path.join(place, file), 'utf8');
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return '';
}
