import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';

import { describeKernel } from './support/kernel';

/** The library as it ships: a first call costs what is in the files that it loads. */
const library = path.join(__dirname, '..', 'dist');

interface Loaded {
  /** The files of the library, without '.js'. */
  files: string[];
  bytes: number;
  /** The modules of Node. */
  ofNode: string[];
}

/** What a process has loaded that makes one call, in a namespace of its own that has nothing but `lo` and what `ip` adds. */
function loadedBy(call: string, ...ip: string[]): Loaded {
  const source = `
    const ofNode = () => process.moduleLoadList.flatMap((one) => one.startsWith('NativeModule ') ? [one.slice(13)] : []);
    const before = new Set(ofNode());
    const { createNamespace, hostNamespace } = require(${JSON.stringify(library)});
    const host = hostNamespace();
    (async () => {
      await ${call};
      const after = ofNode().filter((one) => !before.has(one));
      console.log(JSON.stringify({ files: Object.keys(require.cache), after }));
    })();`;
  const commands = ip.map((arguments_) => `ip ${arguments_} && `).join('');
  const args = ['--net', 'sh', '-c', `${commands}exec "$0" -e "$1"`, process.execPath, source];
  const printed = execFileSync('unshare', args, { encoding: 'utf8' });
  const { files, after } = JSON.parse(printed) as { files: string[]; after: string[] };
  const ours = files.filter((file) => path.dirname(file) === library);
  return {
    files: ours.map((file) => path.basename(file, '.js')),
    bytes: ours.reduce((sum, file) => sum + statSync(file).size, 0),
    ofNode: after,
  };
}

const KIB = 1024;

describeKernel('the first call of a process', () => {
  test('that lists links loads what links take', () => {
    const { files, bytes } = loadedBy('host.links.list()');

    expect(new Set(files)).toEqual(
      new Set(['index', 'errors', 'library', 'collections-links', 'protocol-link', 'shared']),
    );
    expect(bytes).toBeLessThan(290 * KIB);
  });

  test('that lists links loads a file for each kind that says something of its own', () => {
    const { files } = loadedBy('host.links.list()', 'link add br0 type bridge', 'link add p master br0 type veth');

    // Of a veth the kernel says nothing that others do not have.
    expect(files.slice(6)).toEqual(['protocol-link-kinds-bridge', 'protocol-link-kinds-bridge-port']);
  });

  test('that makes a namespace loads no family', () => {
    const { files, bytes } = loadedBy('createNamespace().then((namespace) => namespace.close())');

    expect(files).toEqual(['index', 'errors', 'library']);
    expect(bytes).toBeLessThan(140 * KIB);
  });

  test('that adds an address loads what addresses take', () => {
    const { files, bytes } = loadedBy("host.addresses.add('lo', '10.1.1.1/24')");

    expect(files).toEqual(['index', 'errors', 'library', 'collections-addresses', 'protocol-address', 'shared']);
    expect(bytes).toBeLessThan(250 * KIB);
  });

  test.each(['host.links.list()', 'createNamespace()', "host.addresses.add('lo', '10.1.1.1/24')"])(
    '%s loads none of the modules of Node that take time',
    (call) => {
      const { ofNode } = loadedBy(call);

      const large =
        /^(net|dgram|dns|http2?|https|tls|child_process|worker_threads|crypto|os|url|fs\/promises|stream.*|readline|perf_hooks|util\/types)$/;
      expect(ofNode.filter((name) => large.test(name))).toEqual([]);
    },
  );
});
