import { spawn } from 'node:child_process';
import { once } from 'node:events';

import type { Held } from './oracle';
import { until } from './until';

/** A name server inside a namespace, gone with the block that holds it. */
export interface DnsServer extends AsyncDisposable {
  /** What it was asked, in order: 'A web.example'; once it has written down as many questions. */
  asked(count: number): Promise<string[]>;
}

/**
 * Starts dnsmasq inside a namespace, on one address. It knows what the options say (`host-record=web.example,10.0.0.1`), has nobody
 * to ask for the rest (REFUSED) and knows all there is of `example` (NXDOMAIN).
 */
export async function dnsServer(namespace: Held, address: string, options: string[]): Promise<DnsServer> {
  const enter = `--net=/proc/${process.pid}/fd/${namespace.fd}`;
  const own = [
    'keep-in-foreground',
    'conf-file=/dev/null',
    'no-hosts',
    'no-resolv',
    'user=root',
    'group=root',
    'pid-file=',
  ];
  const place = [`listen-address=${address}`, 'bind-interfaces', 'local=/example/', 'log-queries', 'log-facility=-'];
  const args = [...own, ...place, ...options].map((option) => `--${option}`);
  const child = spawn('nsenter', [enter, 'dnsmasq', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('started')) resolve();
    });
    child.on('error', reject).on('close', () => {
      reject(new Error(`dnsmasq did not start: ${log}`));
    });
  });
  return {
    asked: (count) =>
      until(() => {
        const questions = [...log.matchAll(/query\[(\w+)\] (\S+) from/g)].map(([, type, name]) => `${type} ${name}`);
        return Promise.resolve(questions.length < count ? undefined : questions);
      }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
