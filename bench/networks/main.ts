import type { Contender } from '../contenders/contender';
import { floor, floorApart, floorOnTwoThreads } from '../contenders/floor';
import { ipBatch, ipBatchPerNetwork } from '../contenders/ip-batch';
import {
  library,
  libraryAhead,
  libraryOneByOne,
  libraryOneQueue,
  libraryTogether,
  libraryUnderWay,
} from '../contenders/library';
import {
  cniNetworks,
  goNetworks,
  pyroute2Networks,
  rustNetworks,
  type NetworkPeer,
} from '../contenders/peers/networks';
import { absent } from '../contenders/peers/programs';
import { spawn } from '../contenders/spawn';
import type { Findings, Row } from '../findings';
import { measurePart, scaled, type PartOptions } from '../part';
import { plan } from '../plan';
import { number } from '../statistics';
import { compete, watchEventLoop, type Turns } from './rounds';
import { settings, type Setting } from './settings';

/** Container networks set up and torn down, in the ways that settings.ts tells. */
async function measureNetworks(options: PartOptions): Promise<Findings> {
  const setting = settings[options.part]!;
  const { rounds = setting.rounds } = options;
  const planned = plan(options.networks ?? scaled(options, setting.networks), setting);
  const contenders = contendersOf(setting, options.brief);
  const turns = await compete(contenders, planned, rounds);
  const count = planned.networks.length;
  const ways = waysOf(setting);
  return {
    rows: [
      row('set-up', `${number(count)} networks set up, ${ways}`, turns, ({ setUp }) => setUp),
      row(
        'tear-down',
        `${number(count)} networks torn down, until the last device is gone`,
        turns,
        ({ tearDown }) => tearDown,
      ),
    ],
    delays: await watchEventLoop(library, floor, planned, rounds),
    remarks: options.brief ? [] : remarksOn(setting),
    absent: options.brief ? [] : absent(peersOf(setting).map(({ program }) => program)),
  };
}

function waysOf({ atOnce = false, quiet = false, networks }: Setting): string {
  const order = atOnce ? 'all at once' : 'one after the other';
  if (networks < 1000) return order;
  return `${order}, ${quiet ? 'without' : 'with'} IPv6 link-local addresses`;
}

function contendersOf(setting: Setting, brief: boolean): Contender[] {
  const { atOnce = false, quiet = false, networks } = setting;
  const ours = [floor, library];
  if (atOnce) ours.push(floorOnTwoThreads);
  else if (!quiet) ours.push(floorApart);
  if (!atOnce && !quiet && networks < 1000) ours.push(libraryAhead, libraryOneQueue, libraryTogether, libraryOneByOne);
  if (networks >= 1000) ours.push(libraryUnderWay);
  if (brief) return ours;
  const peers = [ipBatch];
  if (!atOnce && networks < 1000) peers.push(ipBatchPerNetwork);
  if (networks < 1000) peers.push(spawn);
  return [...ours, ...peers, ...installed(peersOf(setting)).map(({ contender }) => contender)];
}

/** Those that can do it: none of these libraries knows how to do without link-local addresses. */
function peersOf({ quiet = false, networks }: Setting): NetworkPeer[] {
  if (quiet) return [];
  const fast = [goNetworks, rustNetworks];
  return networks < 1000 ? [...fast, pyroute2Networks, cniNetworks] : fast;
}

function remarksOn({ quiet = false, networks }: Setting): string[] {
  if (networks < 1000) return [];
  const slow = [pyroute2Networks, cniNetworks].map(({ program }) => program.name).join(', ');
  const unable = [goNetworks, rustNetworks].map(({ program }) => program.name).join(', ');
  return [
    `left out, since they would take too long: ${slow}, ${spawn.name}`,
    ...(quiet ? [`left out, since they do not know this setting: ${unable}`] : []),
  ];
}

function installed(peers: NetworkPeer[]): NetworkPeer[] {
  return peers.filter(({ program }) => program.command() !== undefined);
}

function row(
  name: string,
  title: string,
  turns: Turns[],
  pick: (turn: Turns['turns'][number]) => Row['scores'][0]['costs'][0],
): Row {
  const scores = turns.map(({ contender, networks, turns: taken }) => {
    const { name: called, role, description } = contender;
    return { name: called, role, description, count: networks, costs: taken.map(pick) };
  });
  return { name, title, unit: 'ms per network', scores };
}

measurePart(measureNetworks);
