import { type Route } from 'rtnetlink';

import { type Network, type Place } from './build';
import { paint, type Cell } from './canvas';
import { type Exchange } from './fetch';
import { printTable } from './table';
import { drawTopology } from './topology';

/** Prints what exists where, all of it asked of the kernel, and what it took. */
export async function report({ host, blue, red, steps }: Network, exchange: Exchange): Promise<void> {
  const places = [host, blue, red];
  console.log(`\n${await drawTopology(host, 'br0', [blue, red])}`);

  heading('HTTP, both ends in this process');
  printTable([
    [red.label, [exchange.from, 'ip'], '──▶', blue.label, [exchange.to, 'ip'], `GET /, ${took(exchange)}`],
    [red.label, [exchange.from, 'ip'], '◀──', blue.label, [exchange.to, 'ip'], exchange.status],
  ]);
  console.log(`  ${paint(exchange.body, 'bold')}`);

  heading('Forwarding table of br0: what it learned');
  printTable(await learned(host, [blue, red]));

  heading('Neighbors');
  printTable((await Promise.all(places.map(neighbors))).flat());

  heading('Routes');
  printTable((await Promise.all(places.map(routes))).flat());

  heading('Built in');
  printTable([
    ...steps.map(({ what, milliseconds }): Cell[] => [fixed(milliseconds), 'ms', what]),
    [[fixed(steps.reduce((sum, step) => sum + step.milliseconds, 0)), 'bold'], 'ms', 'in all; no program was started'],
  ]);
}

/** How to look at the network from another terminal. */
export function reportHold({ host, blue, red }: Network): void {
  heading('Held until Ctrl-C; to look at it from another terminal');
  printTable(
    [host, blue, red].map(({ label, namespace }) => [
      label,
      `nsenter --net=/proc/${process.pid}/fd/${namespace.fd} ip address`,
    ]),
  );
}

async function learned(host: Place, guests: Place[]): Promise<Cell[][]> {
  const entries = await host.namespace.fdb.list({ master: 'br0', state: 'dynamic' });
  const names = await namesOf(host);
  const owners = new Map<string, string>();
  for (const { label, namespace } of guests) {
    for (const { address, name } of await namespace.links.list()) owners.set(address ?? '', `${name} of ${label}`);
  }
  return entries.map(({ address, device }) => [
    [address, 'mac'],
    `behind ${names.get(device) ?? device}`,
    `is ${owners.get(address) ?? 'unknown'}`,
  ]);
}

async function neighbors(place: Place): Promise<Cell[][]> {
  const names = await namesOf(place);
  const found = await place.namespace.neighbors.list({ family: 'inet' });
  return found
    .filter(({ state }) => state !== 'noarp')
    .map(({ destination, linkLayerAddress, device, state }) => [
      place.label,
      [destination, 'ip'],
      'is at',
      [linkLayerAddress ?? '', 'mac'],
      `dev ${names.get(device) ?? device}`,
      String(state),
    ]);
}

async function routes(place: Place): Promise<Cell[][]> {
  const names = await namesOf(place);
  return (await place.namespace.routes.list({ family: 'inet', table: 'main' })).map((route) => [
    place.label,
    [route.destination, 'ip'],
    way(route),
    `dev ${names.get(route.device ?? 0) ?? ''}`,
    `by ${route.protocol}`,
  ]);
}

function way({ gateway, preferredSource }: Route): string {
  if (gateway !== undefined) return `via ${gateway}`;
  return preferredSource === undefined ? '' : `from ${preferredSource}`;
}

async function namesOf({ namespace }: Place): Promise<Map<number, string>> {
  return new Map((await namespace.links.list()).map(({ index, name }) => [index, name]));
}

function heading(text: string): void {
  console.log(`\n${paint(text, 'bold')}`);
}

function took({ milliseconds }: Exchange): string {
  return `${fixed(milliseconds).trim()} ms`;
}

function fixed(milliseconds: number): string {
  return milliseconds.toFixed(2).padStart(6);
}
