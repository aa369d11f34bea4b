import { type Link } from 'rtnetlink';

import { type Place } from './build';
import { Canvas, type Cell } from './canvas';

const WIDTH = 80;
const GAP = 2;

/** Draws a bridge, its ports, and below them the namespaces that they lead to, as the kernel tells it. */
export async function drawTopology(host: Place, bridge: string, guests: Place[]): Promise<string> {
  const portLinks = await host.namespace.links.list({ master: bridge });
  const wires = await Promise.all(
    portLinks.map(async (port) => {
      const { link, namespace } = await host.namespace.links.peer(port.index);
      return { port, peer: link, guest: guests.find((guest) => namespace && guest.namespace.equals(namespace)) };
    }),
  );
  const canvas = new Canvas(WIDTH);
  const width = Math.floor((WIDTH - GAP * (wires.length - 1)) / wires.length);
  const centers = wires.map((_, i) => i * (width + GAP) + Math.floor(width / 2));
  const middle = Math.floor((centers[0]! + centers.at(-1)!) / 2);

  const draw = (lines: Cell[][], center: number, y: number) => {
    lines.forEach((line, row) => {
      canvas.centered(center, y + row, line);
    });
    return y + lines.length;
  };

  // From top to bottom: the bridge, a rail, the ports, the edge of the host, the wires, the guests.
  const rail = draw(await describe(host, await host.namespace.links.get(bridge)), middle, 1) + 1;
  canvas.put(middle, rail - 1, '│', 'faint');
  canvas.put(centers[0]!, rail, `┌${'─'.repeat(centers.at(-1)! - centers[0]! - 1)}┐`, 'faint');
  centers.slice(1, -1).forEach((center) => {
    canvas.put(center, rail, '┬', 'faint');
  });
  canvas.put(middle, rail, '┴', 'faint');

  const ports = await Promise.all(wires.map(({ port }) => describe(host, port)));
  const edge = Math.max(...ports.map((lines, i) => draw(lines, centers[i]!, rail + 1))) + 1;
  canvas.box(0, 0, WIDTH, edge + 1, host.label);
  canvas.put(WIDTH - 2 - identity(host).length, 0, identity(host), 'faint');

  const guestLines = await Promise.all(
    wires.map(({ guest, peer }) => (guest ? describe(guest, peer) : Promise.resolve([]))),
  );
  const height = Math.max(...guestLines.map((lines) => lines.length)) + 2;
  for (const [i, { guest }] of wires.entries()) {
    const [left, center] = [i * (width + GAP), centers[i]!];
    canvas.put(center, edge - 1, '│', 'faint');
    canvas.put(center, edge, '┬', 'faint');
    canvas.put(center, edge + 1, '│', 'faint');
    if (guest === undefined) continue;
    canvas.box(left, edge + 2, width, height, guest.label);
    canvas.put(left + width - 2 - identity(guest).length, edge + 1 + height, identity(guest), 'faint');
    canvas.put(center, edge + 2, '┴', 'faint');
    draw(guestLines[i]!, center, edge + 3);
  }
  return canvas.toString();
}

/** Name, kind and index; MAC; addresses. */
async function describe({ namespace }: Place, { name, kind, index, address, up }: Link): Promise<Cell[][]> {
  const addresses = await namespace.addresses.list({ device: index, family: 'inet' });
  return [
    [[name, 'bold'], `  ${kind}, index ${index}, ${up ? 'up' : 'down'}`],
    [[address ?? '', 'mac']],
    addresses.map((own) => [own.address, 'ip']),
  ].filter((line) => line.length > 0) as Cell[][];
}

function identity({ namespace }: Place): string {
  return ` net:[${namespace.inode}] `;
}
