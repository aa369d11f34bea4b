import { once } from 'node:events';

import type { NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';
import { until } from '../support/until';

/** What `ip monitor` prints of links, a line for each event. */
interface Monitor extends AsyncDisposable {
  /** All lines of what happened before. */
  lines(): Promise<string[]>;
}

/** Starts `ip monitor` in a namespace, and resolves when it listens. */
async function monitorOf(namespace: NetworkNamespace): Promise<Monitor> {
  const child = namespace.spawn('ip', ['-d', '-o', 'monitor', 'link'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  let marks = 0;
  /** Makes an event, and waits until it was printed: so were those before it. */
  await namespace.links.set('lo', { up: true });
  const mark = async () => {
    const alias = `mark-${marks++}-`;
    await until(async () => {
      await namespace.links.set('lo', { alias });
      // Until the program listens, an event may be lost.
      await namespace.links.set('lo', { alias: null });
      return text.includes(alias) ? true : undefined;
    });
  };
  await mark();
  text = '';
  return {
    async lines() {
      await mark();
      return text.split('\n');
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

/** The events of a port that could forward, by its state or since it was up, before it was isolated. */
function exposures(lines: string[], name: string): string[] {
  const ofPort = lines.filter((line) => line.includes(` ${name}@`) && line.includes('master '));
  const isolated = ofPort.findIndex((line) => line.includes('isolated on'));
  expect(isolated).toBeGreaterThanOrEqual(0);
  return ofPort.slice(0, isolated).filter((line) => /[<,]UP[,>]/.test(line) || line.includes('state forwarding'));
}

const bridgePort = { isolated: true };

describeKernel('no port is up in its bridge before it has its options', () => {
  test('of a link that is enslaved and set up', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', up: true } });
    await using monitor = await monitorOf(a);

    await a.links.set('v0', { master: 'br0', up: true, bridgePort });

    expect(exposures(await monitor.lines(), 'v0')).toEqual([]);
    expect(await a.links.get('v0')).toMatchObject({ up: true, bridgePort });
  });

  test('of a link that is renamed on the way', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', up: true } });
    await using monitor = await monitorOf(a);

    await a.links.set('v0', { name: 'port1', master: 'br0', up: true, bridgePort, addressGenerationMode: 'none' });

    expect(exposures(await monitor.lines(), 'port1')).toEqual([]);
    expect(await a.links.get('port1')).toMatchObject({ up: true, bridgePort });
  });

  test('of a link that is made', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await using monitor = await monitorOf(a);

    await a.links.add({
      kind: 'veth',
      name: 'v0',
      master: 'br0',
      up: true,
      bridgePort,
      peer: { name: 'v1', up: true },
    });

    expect(exposures(await monitor.lines(), 'v0')).toEqual([]);
    expect(await a.links.get('v0')).toMatchObject({ up: true, bridgePort });
  });

  test('of a link that is made where its bridge is', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await b.links.add({ kind: 'bridge', name: 'br0', up: true });
    await using monitor = await monitorOf(b);

    await a.links.add({
      ...{ kind: 'veth', name: 'v0', namespace: b, master: 'br0', up: true, bridgePort },
      peer: { name: 'v1', up: true },
    });

    expect(exposures(await monitor.lines(), 'v0')).toEqual([]);
    expect(await b.links.get('v0')).toMatchObject({ up: true, bridgePort });
  });

  test('of a link that moves to where its bridge is', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await b.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } });
    await using monitor = await monitorOf(b);

    await a.links.set('v0', { namespace: b, name: 'port1', master: 'br0', up: true, bridgePort });

    expect(exposures(await monitor.lines(), 'port1')).toEqual([]);
    expect(await b.links.get('port1')).toMatchObject({ up: true, bridgePort });
  });
});
