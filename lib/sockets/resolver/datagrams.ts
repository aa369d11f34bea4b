import type dgram from 'node:dgram';

import type { NamespaceHandle } from '../../namespace/handle';
import { createSocket } from '../udp';

/** A datagram socket inside a namespace that is connected to one host. Rejects where there is no route to it. */
export async function connectedDatagrams(
  handle: NamespaceHandle,
  { address, family }: { address: string; family: number },
  port: number,
): Promise<dgram.Socket> {
  const socket = await createSocket(handle, family === 6 ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      // Node passes an error to this callback, which by its types has no arguments.
      socket.connect(port, address, ((error?: Error) => {
        if (error === undefined) resolve();
        else reject(error);
      }) as () => void);
    });
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
