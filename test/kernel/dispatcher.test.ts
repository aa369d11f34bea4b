import https from 'node:https';
import * as undici from 'undici';

import { createNamespace } from '../../lib';
import { certify } from '../support/certificate';
import { etcFiles } from '../support/etc';
import { describeKernel } from '../support/kernel';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { bridged } from '../support/networks';
import { answer, looped, serving, silent } from '../support/served';

const HERE = 'http://127.0.0.1/';
/** Under Jest the fetch of Node is of another realm: it takes an error of ours for none, and puts its text into another. */
const fetchOfUndici = undici.fetch as unknown as typeof fetch;

describeKernel('a dispatcher of a namespace', () => {
  test.each([
    ['of Node', fetch],
    ['of undici', fetchOfUndici],
  ])('is used by the fetch %s, and keeps its connection', async (_, fetch) => {
    await using a = await looped();
    await using server = await serving(a);
    const dispatcher = a.dispatcher({ connections: 1 });

    for (let round = 0; round < 2; round++) {
      const response = await fetch(HERE, { dispatcher });
      expect(await response.text()).toBe('hello');
    }

    expect(server.connections).toBe(1);
    await dispatcher.close();
  });

  test('reaches another server in each namespace, under the same name', async () => {
    await using blue = await createNamespace(uniqueName());
    await using red = await createNamespace(uniqueName());
    using _blue = etcFiles(blue.name!, { hosts: '127.0.0.2 web.example\n' });
    using _red = etcFiles(red.name!, { hosts: '127.0.0.3 web.example\n' });
    for (const { links } of [blue, red]) await links.set('lo', { up: true });
    await using ofBlue = await serving(blue);
    await using ofRed = await serving(red);

    for (const namespace of [blue, red]) {
      const dispatcher = namespace.dispatcher();
      expect(await (await fetch('http://web.example/', { dispatcher })).text()).toBe('hello');
      await dispatcher.close();
    }

    expect([ofBlue, ofRed].map(({ addresses }) => addresses)).toEqual([['127.0.0.2'], ['127.0.0.3']]);
  });

  test('fails with the error of connecting', async () => {
    await using a = await looped();
    const dispatcher = a.dispatcher();

    await expect(fetchOfUndici(HERE, { dispatcher })).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED', address: '127.0.0.1', port: 80, namespace: { name: undefined, inode: a.inode } },
    });
    await expect(fetchOfUndici('http://no.localhost:8080/', { dispatcher })).rejects.toMatchObject({
      cause: { name: 'AggregateError', code: 'ECONNREFUSED' },
    });
    await dispatcher.close();
  });

  test('gives up connecting after the time that it has', async () => {
    await using a = await silent();
    const dispatcher = a.dispatcher({ connect: { timeout: 50 } });

    await expect(fetchOfUndici('http://10.9.9.9/', { dispatcher })).rejects.toMatchObject({
      cause: { code: 'UND_ERR_CONNECT_TIMEOUT' },
    });
    await dispatcher.close();
  });

  test('keeps what is open when the namespace is closed, and opens nothing more', async () => {
    const a = await looped();
    await using server = await serving(a);
    const dispatcher = a.dispatcher({ connections: 1 });
    await (await fetch(HERE, { dispatcher })).text();

    await a.close();

    expect(await (await fetch(HERE, { dispatcher })).text()).toBe('hello');
    expect(server.connections).toBe(1);
    await expect(fetchOfUndici('http://127.0.0.2/', { dispatcher })).rejects.toMatchObject({
      cause: { name: 'NamespaceError', code: 'EBADF' },
    });
    expect(() => a.dispatcher()).toThrow('use: EBADF, its handle is closed');
    await dispatcher.close();
  });

  test('refuses what leads elsewhere, and what undici refuses', async () => {
    await using a = await scratchNamespace();

    expect(() => a.dispatcher(7 as never)).toThrow('options: must be an object, not 7');
    expect(() => a.dispatcher({ connect: (() => undefined) as never })).toThrow(
      'connect: must be an object of options',
    );
    expect(() => a.dispatcher({ connect: { lookup: (() => undefined) as never } as never })).toThrow(
      'connect.lookup: is not for connections inside a namespace',
    );
    expect(() => a.dispatcher({ connect: { timeout: -1 } })).toThrow('connect.timeout: must be a whole number');
    expect(() => a.dispatcher({ maxOrigins: 0 })).toThrow('maxOrigins must be a number greater than 0');
  });
});

describeKernel('a dispatcher with TLS', () => {
  test('speaks to the server that the name leads to, across a bridge', async () => {
    await using host = await scratchNamespace();
    await using red = await scratchNamespace();
    await using blue = await createNamespace(uniqueName());
    using _files = etcFiles(blue.name!, { hosts: '10.1.1.1 red.example other.example\n' });
    await bridged(host, red, blue);
    const { key, cert } = certify('red.example');
    await using server = await serving(red, https.createServer({ key, cert }, answer), 443);
    const dispatcher = blue.dispatcher({ connect: { ca: cert } });

    expect(await (await fetch('https://red.example/', { dispatcher })).text()).toBe('hello');
    expect(server.peers).toEqual(['::ffff:10.1.1.2']);
    await expect(fetchOfUndici('https://other.example/', { dispatcher })).rejects.toMatchObject({
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    await dispatcher.close();
  });
});
