import { packages } from '../../packages';

/** The addresses that the text of a hosts file gives to a name, in its order. */
export function addressesInHosts(text: string, hostname: string): string[] {
  const wanted = plain(hostname);
  const found = text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return packages.net.isIP(address) !== 0 && names.some((name) => plain(name) === wanted) ? [address] : [];
  });
  return [...new Set(found)];
}

/** `localhost` and names below it: names of the host itself, for which no server is asked (RFC 6761). */
export function isLocalhost(hostname: string): boolean {
  return /(^|\.)localhost$/.test(plain(hostname));
}

function plain(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}
