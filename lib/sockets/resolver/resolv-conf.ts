import { packages } from '../../packages';

/** The settings of a resolv.conf(5). */
export interface ResolverSettings {
  /** Addresses of the servers, in the order in which they are asked. */
  servers: string[];
  /** Domains that are appended to a name. */
  search: string[];
  /** A name with fewer dots is tried with the search domains first. */
  ndots: number;
  /** Milliseconds that a server has to answer. */
  timeout: number;
  /** How many times all servers are asked. */
  attempts: number;
  /** Begins with another server each time. */
  rotate: boolean;
  /** Asks over TCP at once. */
  tcp: boolean;
}

/** Limits of the C library: for the servers of a file, and for each number. */
const MOST_SERVERS = 3;
const most = { ndots: 15, timeout: 30, attempts: 5 };

/** Parses the text of a resolv.conf. Unknown lines and options are ignored, as the C library does. */
export function parseResolvConf(text: string): ResolverSettings {
  const servers: string[] = [];
  let search = [domainOf(packages.os.hostname())].filter((domain) => domain !== '');
  const numbers = { ndots: 1, timeout: 5, attempts: 2 };
  let rotate = false;
  let tcp = false;

  for (const line of text.split('\n')) {
    if (/^[#;]/.test(line)) continue;
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'nameserver' && packages.net.isIP(values[0] ?? '') !== 0) servers.push(values[0]!);
    if (keyword === 'search') search = values;
    if (keyword === 'domain') search = values.slice(0, 1);
    if (keyword !== 'options') continue;
    for (const option of values) {
      const [, name, number] = /^(ndots|timeout|attempts):(\d+)$/.exec(option) ?? [];
      if (name !== undefined) numbers[name as keyof typeof numbers] = Number(number);
      if (option === 'rotate') rotate = true;
      if (option === 'use-vc') tcp = true;
    }
  }
  return {
    servers: servers.length === 0 ? ['127.0.0.1'] : servers.slice(0, MOST_SERVERS),
    search: search.map((domain) => domain.replace(/\.$/, '')),
    ndots: Math.min(numbers.ndots, most.ndots),
    timeout: Math.min(Math.max(numbers.timeout, 1), most.timeout) * 1000,
    attempts: Math.min(Math.max(numbers.attempts, 1), most.attempts),
    rotate,
    tcp,
  };
}

/** The names to ask for, in order: with and without the search domains. A dot at the end asks for the name alone. */
export function candidates(hostname: string, { search, ndots }: ResolverSettings): string[] {
  if (hostname.endsWith('.')) return [hostname.slice(0, -1)];
  const searched = search.map((domain) => (domain === '' ? hostname : `${hostname}.${domain}`));
  const dots = hostname.split('.').length - 1;
  return [...new Set(dots >= ndots ? [hostname, ...searched] : [...searched, hostname])];
}

function domainOf(hostname: string): string {
  return hostname.split('.').slice(1).join('.');
}
