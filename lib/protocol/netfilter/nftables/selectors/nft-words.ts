/** nft's words for fields that have other names here; errors suggest the first name that exists in that place. */
const nftWords: Readonly<Record<string, readonly string[]>> = {
  ackseq: ['acknowledgement'],
  avgpkt: ['averagePacket'],
  daddr: ['destination', 'targetIp'],
  doff: ['dataOffset'],
  dport: ['destinationPort'],
  flowlabel: ['flowLabel'],
  hdrlength: ['headerLength'],
  ibrname: ['inputBridge'],
  ibrpvid: ['bridgeVlan'],
  ibrvproto: ['bridgeVlanProtocol'],
  iif: ['inputDeviceIndex', 'inputDevice'],
  iifgroup: ['inputDeviceGroup'],
  iifkind: ['inputDeviceKind'],
  iifname: ['inputDevice'],
  iiftype: ['inputDeviceType'],
  l4proto: ['transportProtocol', 'protocol'],
  nexthdr: ['nextHeader'],
  nfproto: ['networkProtocol'],
  obrname: ['outputBridge'],
  oif: ['outputDeviceIndex', 'outputDevice'],
  oifgroup: ['outputDeviceGroup'],
  oifkind: ['outputDeviceKind'],
  oifname: ['outputDevice'],
  oiftype: ['outputDeviceType'],
  pkttype: ['packetType'],
  rtclassid: ['realm'],
  saddr: ['source', 'senderIp'],
  sdif: ['layer3DeviceIndex'],
  sdifname: ['layer3Device'],
  skgid: ['socketGroup'],
  skuid: ['socketUser'],
  sport: ['sourcePort'],
  urgptr: ['urgentPointer'],
  vtag: ['verificationTag'],
};

/** The name here of what nft calls by some word, if it is one of those that are known; undefined if there is none. */
export function nameOfNftWord(word: string, known: readonly string[]): string | undefined {
  return Object.hasOwn(nftWords, word) ? nftWords[word]!.find((name) => known.includes(name)) : undefined;
}
