import { promises as fs } from 'node:fs';
import path from 'node:path';

/** Where files are that lie over those of /etc inside a namespace of the name, as `ip netns exec` has it. */
const OVER_ETC = '/etc/netns';

/**
 * The text of a file of /etc as a program inside the namespace sees it: that in /etc/netns/NAME, else that of the machine,
 * else nothing. It is read anew each time, since it is small and changes when it likes.
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
