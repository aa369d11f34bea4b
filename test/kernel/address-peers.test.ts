import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

describeKernel('an IPv4 address whose other end is 0.0.0.0', () => {
  test('is listed, deleted and flushed', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', addressGenerationMode: 'none' });
    const left = async () => JSON.stringify(await ip(a, '-4 addr show'));

    await a.addresses.add('br0', { address: '10.0.0.1/24', peer: '0.0.0.0' });
    const [row] = await a.addresses.list({ device: 'br0' });
    expect(row).toMatchObject({ address: '10.0.0.1/24', peer: '0.0.0.0/24' });
    await a.addresses.delete(row!);
    expect(await left()).not.toContain('10.0.0.1');

    await a.addresses.add(row!);
    expect(await left()).toContain('10.0.0.1');
    await a.addresses.flush({ device: 'br0', family: 4 });
    expect(await left()).not.toContain('10.0.0.1');
  });
});
