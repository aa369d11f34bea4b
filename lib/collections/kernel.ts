import { packages } from '../packages';

let echoes: boolean | undefined;

/** Whether the kernel answers the creation of a link with the link that it made (since 6.2). */
export function kernelEchoesLinks(): boolean {
  return (echoes ??= isSince(packages.os.release(), 6, 2));
}

function isSince(release: string, major: number, minor: number): boolean {
  const [ofMajor = 0, ofMinor = 0] = release.split('.').map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
}
