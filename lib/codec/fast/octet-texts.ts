// Tables are made of addresses, so their texts are made character by character, and each at once: a text that is put together
// of others is two strings or more for the collector of garbage, and tables of such parts miss the processor's caches.

const hexOctets = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** An octet in hexadecimal. */
export function hexText(octet: number): string {
  return hexOctets[octet]!;
}

const highDigits = Uint8Array.from(hexOctets, (text) => text.charCodeAt(0));
const lowDigits = Uint8Array.from(hexOctets, (text) => text.charCodeAt(1));
const COLON = 0x3a;

/** Six octets with colons. */
export function formatMac(bytes: Uint8Array, at: number): string {
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  const third = bytes[at + 2]!;
  const fourth = bytes[at + 3]!;
  const fifth = bytes[at + 4]!;
  const sixth = bytes[at + 5]!;
  // prettier-ignore
  return String.fromCharCode(
    highDigits[first]!, lowDigits[first]!, COLON,
    highDigits[second]!, lowDigits[second]!, COLON,
    highDigits[third]!, lowDigits[third]!, COLON,
    highDigits[fourth]!, lowDigits[fourth]!, COLON,
    highDigits[fifth]!, lowDigits[fifth]!, COLON,
    highDigits[sixth]!, lowDigits[sixth]!,
  );
}

/** The decimal digits of an octet, the first in the lowest byte, and in the highest how many there are. */
const digitsOf = Uint32Array.from({ length: 256 }, (_, octet) => {
  const text = String(octet);
  let digits = text.length << 24;
  for (let index = 0; index < text.length; index++) digits |= text.charCodeAt(index) << (8 * index);
  return digits;
});
const DOT = 0x2e;
const SLASH = 0x2f;

/** The characters of a text that is being put together. */
const codes = new Uint8Array(32);
const text = String.fromCharCode;

/**
 * The text of the first so many characters. Made at once it is one flat string, 40 ns, without a look at anything but its
 * characters; that takes a call with each of them as an argument.
 */
function textOfCodes(length: number): string {
  const c = codes;
  // prettier-ignore
  switch (length) {
    case 7: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!);
    case 8: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!);
    case 9: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!);
    case 10: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!);
    case 11: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!, c[10]!);
    case 12: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!, c[10]!, c[11]!);
    case 13: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!, c[10]!, c[11]!, c[12]!);
    case 14: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!, c[10]!, c[11]!, c[12]!, c[13]!);
    case 15: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!, c[10]!, c[11]!, c[12]!, c[13]!, c[14]!);
    case 16: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!, c[10]!, c[11]!, c[12]!, c[13]!, c[14]!, c[15]!);
    case 17: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!, c[10]!, c[11]!, c[12]!, c[13]!, c[14]!, c[15]!, c[16]!);
    case 18: return text(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!, c[6]!, c[7]!, c[8]!, c[9]!, c[10]!, c[11]!, c[12]!, c[13]!, c[14]!, c[15]!, c[16]!, c[17]!);
    default: return text(...codes.subarray(0, length));
  }
}

/** Puts the decimal digits of an octet; answers where they end. */
function putOctet(at: number, octet: number): number {
  const digits = digitsOf[octet]!;
  const length = digits >>> 24;
  codes[at] = digits;
  if (length > 1) codes[at + 1] = digits >> 8;
  if (length > 2) codes[at + 2] = digits >> 16;
  return at + length;
}

function putIpv4(bytes: Uint8Array, at: number): number {
  let end = putOctet(0, bytes[at]!);
  for (let index = at + 1; index < at + 4; index++) {
    codes[end] = DOT;
    end = putOctet(end + 1, bytes[index]!);
  }
  return end;
}

/** Four octets with dots. */
export function formatIpv4(bytes: Uint8Array, at: number): string {
  return textOfCodes(putIpv4(bytes, at));
}

/** Four octets with dots, and the length of a prefix. */
export function formatIpv4Prefix(bytes: Uint8Array, at: number, length: number): string {
  const end = putIpv4(bytes, at);
  codes[end] = SLASH;
  return textOfCodes(putOctet(end + 1, length));
}
