'use strict';

// For forged.test.ts: uses a namespace while another process sends what the kernel never said to all netlink sockets in it.

const path = require('node:path');

const { failOnUnhandled, print } = require('./held');

const { seed, seconds } = JSON.parse(process.env.INPUT);
const { createNamespace } = require(process.env.RTNETLINK);

failOnUnhandled();

(async () => {
  const a = await createNamespace();
  await a.links.add({ kind: 'bridge', name: 'br0', up: true });
  const env = { ...process.env, SEED: String(seed), SECONDS_OF_IT: String(seconds) };
  let over = false;
  const forger = a.execFile('python3', [path.join(__dirname, 'forger.py')], { env }).finally(() => {
    over = true;
  });
  const faults = [];
  const waiting = a.links.waitFor('forged', 'present', { timeout: seconds * 1000 - 200 }).then(
    (link) => faults.push(`an event was believed: ${JSON.stringify(link.name)}`),
    (error) => error.code === 'ETIMEDOUT' || faults.push(`waitFor: ${error.stack}`),
  );
  let operations = 0;
  while (!over && faults.length === 0) {
    try {
      const listed = (await a.links.list()).map(({ name }) => name);
      if (listed.join() !== 'lo,br0') faults.push(`listed: ${listed.join()}`);
      await Promise.all([
        a.addresses.replace('br0', `10.1.${operations & 255}.1/24`),
        a.links.set('br0', { mtu: 1400 + (operations % 100) }),
        a.links.get('br0'),
      ]);
      const code = await a.links.get('forged').then(
        () => 'found',
        (error) => error.code,
      );
      if (code !== 'ENODEV') faults.push(`get: ${code}`);
      operations += 5;
    } catch (error) {
      faults.push(String(error.stack));
    }
  }
  const { stdout } = await forger;
  await waiting;
  const [sent, refused] = stdout.split(' ').map(Number);
  print({ operations, sent, refused, faults });
  process.exit(0);
})();
