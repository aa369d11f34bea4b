import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

import { createNamespace, type NetworkNamespace } from '../../lib';
import { certify } from '../support/certificate';
import { etcFiles } from '../support/etc';
import { describeKernel } from '../support/kernel';
import { bridged } from '../support/networks';
import { ss } from '../support/oracle';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { answer, looped, serving, silent } from '../support/served';
import { until } from '../support/until';

const HERE = 'http://127.0.0.1/';

describeKernel('an http.Agent of a namespace', () => {
  test('keeps a connection and uses it again', async () => {
    await using a = await looped();
    await using server = await serving(a);
    const agent = a.agent({ keepAlive: true });

    expect(await get(HERE, agent)).toBe('hello');
    const [first] = await connections(a);
    expect(await get(HERE, agent)).toBe('hello');

    expect(await connections(a)).toEqual([first]);
    expect(server.connections).toBe(1);
    agent.destroy();
    await idle(agent);
  });

  test('opens no more connections than maxSockets, also while they are made', async () => {
    await using a = await looped();
    await using server = await serving(a);
    const agent = a.agent({ keepAlive: true, maxSockets: 2 });

    const bodies = await Promise.all(Array.from({ length: 10 }, () => get(HERE, agent)));

    expect(bodies).toEqual(Array(10).fill('hello'));
    expect(server.connections).toBe(2);
    agent.destroy();
  });

  test('serves all requests in turn where connections are not kept', async () => {
    await using a = await looped();
    const closing = http.createServer((_, response) => response.setHeader('connection', 'close').end('hello'));
    await using server = await serving(a, closing);
    const agent = a.agent({ maxSockets: 1 });

    const bodies = await Promise.all(Array.from({ length: 5 }, () => get(HERE, agent)));

    expect(bodies).toEqual(Array(5).fill('hello'));
    expect(server.connections).toBe(5);
    await idle(agent);
  });

  test('tells each request of a failure, also those that wait for their turn', async () => {
    await using a = await looped();
    const agent = a.agent({ maxSockets: 1 });

    const requests = await Promise.allSettled(Array.from({ length: 4 }, () => get(HERE, agent)));

    const refused = {
      code: 'ECONNREFUSED',
      address: '127.0.0.1',
      port: 80,
      namespace: { name: undefined, inode: a.inode },
    };
    expect(requests).toEqual(
      Array(4).fill({ status: 'rejected', reason: expect.objectContaining(refused) as unknown }),
    );
    await idle(agent);
    expect(agent.requests).toEqual({});
  });

  test('times out and is destroyed while it connects, as ever', async () => {
    await using a = await silent();
    const agent = a.agent();
    const request = http.get('http://10.9.9.9/', { agent, timeout: 50 });

    await once(request, 'timeout');
    request.destroy(new Error('too late'));

    const [error] = (await once(request, 'error')) as [Error];
    expect(error.message).toBe('too late');
    await closed(request);
    expect(await connections(a)).toEqual([]);
  });

  test('hangs up on a request that is destroyed without an error while it connects', async () => {
    await using a = await silent();
    const request = http.get('http://10.9.9.9/', { agent: a.agent() });
    const ended = once(request, 'error');
    await connecting(a);

    request.destroy();

    expect(await ended).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    await closed(request);
    expect(await connections(a)).toEqual([]);
  });

  test('ends a request whose signal is aborted while it connects', async () => {
    await using a = await silent();
    const abortion = new AbortController();
    const request = http.get('http://10.9.9.9/', { agent: a.agent(), signal: abortion.signal });
    const ended = once(request, 'error');
    await connecting(a);

    abortion.abort();

    expect(await ended).toEqual([expect.objectContaining({ name: 'AbortError' })]);
    await closed(request);
  });

  test('ends what connects when it is destroyed', async () => {
    await using a = await silent();
    const agent = a.agent();
    const request = http.get('http://10.9.9.9/', { agent });
    const ended = once(request, 'error');
    await connecting(a);

    agent.destroy();

    expect(await ended).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    await idle(agent);
  });

  test('keeps what is open when the namespace is closed, and opens nothing more', async () => {
    const a = await looped();
    await using server = await serving(a);
    const agent = a.agent({ keepAlive: true });
    await get(HERE, agent);

    await a.close();

    expect(await get(HERE, agent)).toBe('hello');
    agent.destroy();
    await expect(get(HERE, agent)).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBADF' });
    expect(() => a.agent()).toThrow('use: EBADF, its handle is closed');
    expect(server.connections).toBe(1);
  });

  test('refuses what leads elsewhere', async () => {
    await using a = await looped();
    const agent = a.agent();

    await expect(get(HERE, agent, { socketPath: '/run/x' })).rejects.toThrow(
      'socketPath: is not for connections inside',
    );
    await expect(get(HERE, agent, { lookup: () => undefined })).rejects.toThrow('lookup: is not for');
    await expect(get(HERE, agent, { family: 5 })).rejects.toThrow('family: must be 0, 4 or 6');
    expect(() => a.agent(7 as never)).toThrow('options: must be an object, not 7');
    await idle(agent);
  });
});

describeKernel('an https.Agent of a namespace', () => {
  test('speaks TLS across a bridge with the server that the name leads to', async () => {
    await using host = await scratchNamespace();
    await using red = await scratchNamespace();
    await using blue = await createNamespace(uniqueName());
    using _files = etcFiles(blue.name!, { hosts: '10.1.1.1 red.example other.example\n' });
    await bridged(host, red, blue);
    const { key, cert } = certify('red.example');
    await using server = await serving(red, https.createServer({ key, cert }, answer), 443);
    const agent = blue.httpsAgent({ ca: cert, keepAlive: true });

    expect(await get('https://red.example/', agent)).toBe('hello');
    expect(await get('https://red.example/', agent)).toBe('hello');
    expect(server.connections).toBe(1);
    expect(server.peers).toEqual(['::ffff:10.1.1.2']);
    await expect(get('https://other.example/', agent)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await expect(get('https://red.example/', blue.httpsAgent())).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    await expect(get('https://red.example:444/', agent)).rejects.toMatchObject({ code: 'ECONNREFUSED', port: 444 });
    agent.destroy();
  });
});

/** The body of an answer. */
async function get(url: string, agent: http.Agent, options: http.RequestOptions = {}): Promise<string> {
  const { get } = url.startsWith('https') ? https : http;
  return await new Promise((resolve, reject) => {
    get(url, { ...options, agent }, (response) => {
      text(response).then(resolve, reject);
    }).on('error', reject);
  });
}

/** Resolves when an agent has no connection left, and counts none. */
async function idle(agent: http.Agent): Promise<void> {
  const left = () => Object.keys({ ...agent.sockets, ...agent.freeSockets }).length;
  await until(() => Promise.resolve(left() === 0 ? true : undefined));
  expect(agent).toMatchObject({ totalSocketCount: 0 });
}

async function closed(request: http.ClientRequest): Promise<void> {
  if (!request.closed) await once(request, 'close');
}

/** Resolves when a connection to port 80 is being made. */
async function connecting(namespace: NetworkNamespace): Promise<void> {
  await until(async () => ((await connections(namespace)).length > 0 ? true : undefined));
}

/** The client's ends of the connections to port 80, as `ss` shows them; also those that are being made. */
async function connections(namespace: NetworkNamespace): Promise<string[]> {
  const lines = await ss(namespace, '-tn state connected dport = :80');
  return lines.split('\n').flatMap((line) => (line === '' ? [] : [line.trim().split(/\s+/)[3]!]));
}
