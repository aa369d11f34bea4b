import { measure, type Cost } from '../../cost';
import { run } from '../../host';
import { go, npmNetlink, pyroute2, rust, type PeerProgram } from './programs';

/** A peer that lists tables. */
export interface ListPeer {
  name: string;
  description: string;
  /** What it needs; `ip` is there anyway. */
  program?: PeerProgram;
  /** A slow one would take up all the time: with more rows than this it has one turn only. */
  once?: number;
  /** With more rows than this it has none. */
  most?: number;
  /** Lists a table; resolves with what it took, and with the number of rows if it tells. */
  list: (table: string) => Promise<Cost & { rows?: number }>;
}

interface Way extends Pick<ListPeer, 'once' | 'most'> {
  /** Come before the table's name. */
  words?: string[];
}

function selfTimed(program: PeerProgram, description: string, { words = ['list'], ...limits }: Way = {}): ListPeer {
  return {
    name: program.name,
    description,
    program,
    ...limits,
    list: async (table) => {
      const [command = '', ...first] = program.command() ?? [];
      return JSON.parse(await run(command, ...first, ...words, table)) as Cost & { rows: number };
    },
  };
}

const questions: Record<string, string> = {
  routes: 'ip route show table all',
  links: 'ip link show',
  forwarding: 'bridge fdb show',
  neighbors: 'ip neigh show nud all',
};

export const listPeers: ListPeer[] = [
  {
    name: 'ip, as text',
    description: "'ip' or 'bridge' writes text to /dev/null; its start is in the figures",
    list: (table) => measure(() => run('sh', '-c', `exec ${questions[table]!} >/dev/null`)),
  },
  selfTimed(go, 'github.com/vishvananda/netlink: RouteList, LinkList, NeighList, an array of structs'),
  selfTimed(rust, 'the crate rtnetlink, into a vector'),
  selfTimed(npmNetlink, 'getRoutes, getLinks, getNeighbors of the npm package, an array of objects', {
    words: [],
    once: 100_000,
  }),
  selfTimed(pyroute2, 'get_routes, get_links, get_neighbours; every message decoded, none kept', {
    once: 5_000,
    most: 100_000,
  }),
];

/** What they need. */
export const listPrograms = listPeers.flatMap(({ program }) => program ?? []);
