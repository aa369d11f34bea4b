import type { Cost } from '../../cost';
import { run } from '../../host';
import { go, pyroute2, rust, type PeerProgram } from './programs';

/** A peer that does many things of the same kind. It times itself. */
export interface BulkPeer {
  name: string;
  description: string;
  program: PeerProgram;
  /** Routes that it gets at most; a slow one would take up all the time. */
  mostRoutes?: number;
  /** Adds routes through a device: 20.0.0.0/24, 20.0.1.0/24 ... through 10.0.0.2 to 10.0.15.2 in turn. */
  addRoutes: (count: number, device: string) => Promise<Cost>;
  /** Deletes links that are called by a prefix and a number, one by one. Absent if it cannot on this kernel. */
  deleteLinks?: (count: number, prefix: string) => Promise<Cost>;
}

interface Way {
  mostRoutes?: number;
  deletesLinks?: boolean;
}

function peer(program: PeerProgram, description: string, { mostRoutes, deletesLinks = true }: Way = {}): BulkPeer {
  const ask = async (...args: string[]) => {
    const [command = '', ...first] = program.command() ?? [];
    return JSON.parse(await run(command, ...first, ...args)) as Cost;
  };
  return {
    name: program.name,
    description,
    program,
    ...(mostRoutes !== undefined && { mostRoutes }),
    addRoutes: (count, device) => ask('add-routes', String(count), device),
    ...(deletesLinks && { deleteLinks: (count, prefix) => ask('delete-links', String(count), prefix) }),
  };
}

export const bulkPeers: BulkPeer[] = [
  peer(go, 'a request for each, one after the other'),
  // Its version 0.10 deletes links with a flag that has come to mean NLM_F_BULK: EOPNOTSUPP.
  peer(rust, 'a request for each, a hundred under way at once', { deletesLinks: false }),
  peer(pyroute2, 'a request for each, one after the other', { mostRoutes: 20_000 }),
];
