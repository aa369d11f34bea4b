/** Linux networking in process, over rtnetlink: namespaces, links, addresses, routes, neighbors. */
export {
  attachNamespace,
  createNamespace,
  deleteNamespace,
  hostNamespace,
  listNamespaces,
  namespaceOfProcess,
  openNamespace,
  reserveNamespaces,
  sweepNamespaces,
  type Furnish,
} from './namespaces';
export type { DeleteOptions, NetworkNamespace } from './network-namespace';
export { NamespaceError, NetlinkError, RtnetlinkError, WaitError, type RefusedElement } from './errors';
export type { ArgumentCode, ArgumentError, ArgumentPlace } from './argument-errors';
export type { ErrorNamespace, NamespaceJson } from './where';
export type { Capability } from './capabilities';
export type { IpFamily, LinkReference, Masked, NamespaceReference, NumberRange, UnknownAttribute } from './codec';
export type { Exec, ExecFile } from './programs/exec';
export type { ProgramOutput } from './programs/exec-output';
export type { NamespaceReserve } from './namespace/reserve';
export type { SweepOptions } from './namespace/sweep';
export type { WaitOptions } from './events/wait';
export type { ListenOptions } from './sockets/listen';
export type { UnixConnectOptions } from './sockets/connect';
export type { ConnectOptions, TcpConnectOptions } from './sockets/dial';
export type { RawSocketOptions } from './sockets/raw-socket';
export type { Dispatcher, DispatcherConnectOptions, DispatcherOptions } from './sockets/dispatcher';
export type { Lookup, LookupCallback, LookupOptions, LookupOrder } from './sockets/lookup';
export type { DatagramOptions } from './sockets/udp';
export type { Tap, TapOptions } from './sockets/tap';
export type { SocketOptions } from './sockets/socket-options';
export type { SocketError } from './sockets/socket-error';
export type { SysctlKey } from './files/sysctl-key';
export type { FileType } from './files/namespace-files';
export type { AddressCollection, AddressOfLink, AddressOptionsOfLink } from './collections/addresses';
export type { ConntrackCollection } from './collections/conntrack';
export type { ExpectationCollection } from './collections/conntrack-expectations';
export type { EthtoolCollection, FeatureCollection } from './collections/ethtool';
export type { FdbCollection } from './collections/fdb';
export type { FileCollection, FileEntry, ReadOptions } from './collections/files';
export type { FlushFilter, FlushSelection } from './collections/filters';
export type { GenetlinkCollection } from './collections/genetlink';
export type { LinkCollection } from './collections/links';
export type { NamespaceIdCollection } from './collections/namespace-ids';
export type { NeighborCollection } from './collections/neighbors';
export type { NexthopCollection } from './collections/nexthops';
export type { NftablesCollection } from './collections/nftables';
export type { NftOwner } from './collections/nftables-owner';
export type { NftPacketRules } from './collections/nftables-packet-rules';
export type {
  NftBatch,
  NftBatchChains,
  NftBatchElements,
  NftBatchFlowtables,
  NftBatchObjects,
  NftBatchRules,
  NftBatchSets,
  NftTableScope,
} from './collections/nftables-batch';
export type { NftWatchOptions } from './collections/nftables-generations';
export type { NftChainCollection } from './collections/nftables-chains';
export type { NftTableCollection } from './collections/nftables-tables';
export type { QdiscCollection } from './collections/qdiscs';
export type { RouteCollection } from './collections/routes';
export type { RuleCollection } from './collections/rules';
export type { Sysctl, SysctlCollection, SysctlValue } from './collections/sysctl';
export type { AwaitedAddresses } from './collections/address-wait';
export type { LinkCondition } from './collections/link-wait';
export type { LinkGroup, Peer } from './collections/links';
export type { LinkDetails, LinkFilter, LinkFilterOf, LinkIdentity } from './protocol/link';
export type * from './protocol/link-kinds/types';
export type { LinkStatistics } from './protocol/link-attributes';
export type { LinkInet, LinkInet6, NeighborDiscoveryTimes } from './protocol/link-families';
export type { LinkChangesOfEveryKind, LinkCommon, LinkCommonOptions } from './protocol/link-types';
export type { LinkPeer } from './protocol/link-peer';
export type { Address, AddressFilter, AddressFlag, AddressOptions } from './protocol/address';
export type { IpFamilyOption } from './protocol/family';
export type { Route, RouteFilter } from './protocol/route';
export type { RouteLookup } from './protocol/route-lookup';
export type { RouteCache, RouteFlag, RouteProtocol, RouteTable, RouteType } from './protocol/route-message';
export type { RouteMetrics, RouteMetricsOptions } from './protocol/route-metrics';
export type { RouteOptions, RouteSelector } from './protocol/route-request';
export type {
  Encapsulation,
  EncapsulationOptions,
  Ip6Encapsulation,
  Ip6EncapsulationOptions,
  IpEncapsulation,
  IpEncapsulationOptions,
  MplsEncapsulation,
  MplsEncapsulationOptions,
  OtherEncapsulation,
  OtherEncapsulationOptions,
  TunnelOptions,
} from './protocol/encapsulations';
export type { Nexthop, NexthopOptions } from './protocol/route-nexthop';
export type {
  NexthopGroupEntry,
  NexthopGroupEntryOptions,
  NexthopGroupStatistics,
  NexthopKey,
  NexthopObject,
  NexthopObjectOptions,
  ResilientGroup,
  ResilientGroupOptions,
} from './protocol/nexthop-message';
export type { NamesOption } from './collections/named-rows';
export type { NexthopObjectFilter, NexthopStatisticsOption } from './protocol/nexthop';
export type { NexthopBucket, NexthopBucketFilter } from './protocol/nexthop-bucket';
export type {
  Netem,
  NetemOptions,
  OtherQdisc,
  OtherQdiscOptions,
  Qdisc,
  QdiscCommon,
  QdiscCommonOptions,
  QdiscKey,
  QdiscSelector,
  QdiscOptions,
  QdiscPlace,
  QdiscSelection,
  QdiscQueue,
  QdiscSent,
  QdiscStatistics,
  Tbf,
  TbfOptions,
} from './protocol/qdisc';
export type {
  NetemDistribution,
  NetemLossGilbertElliot,
  NetemLossGilbertElliotOptions,
  NetemLossStates,
  NetemLossStatesOptions,
  NetemSlot,
  NetemSlotOptions,
} from './protocol/qdiscs/netem';
export type { Handle } from './protocol/traffic-handles';
export type { Rule, RuleFilter, RuleOptions } from './protocol/rule';
export type {
  Neighbor,
  NeighborFilter,
  NeighborKey,
  NeighborOptions,
  NeighborPlace,
  NeighborState,
} from './protocol/neighbor';
export type { NeighborFlag } from './protocol/neighbor-message';
export type { FdbActivity, FdbActivityOptions, FdbEntry, FdbOptions, FdbState } from './protocol/fdb-message';
export type { FdbFilter, FdbPlace } from './protocol/fdb';
export type { GenericFamily, GenericGroup, GenericOperation } from './protocol/generic/control';
export type { Feature, FeatureOptions, Features } from './protocol/generic/ethtool/features';
export type { NftFamily } from './protocol/netfilter/netfilter';
export type {
  NftChain,
  NftChainFlag,
  NftChainFilter,
  NftChainKey,
  NftChainOptions,
  NftHook,
  NftPolicy,
  NftPriority,
} from './protocol/netfilter/nftables/chain-options';
export type { NftGeneration } from './protocol/netfilter/nftables/generation';
export type { NftRuleset, NftRulesetFilter, NftRulesetOptions } from './protocol/netfilter/nftables/ruleset-options';
export type {
  NftFlowtable,
  NftFlowtableFilter,
  NftFlowtableFlag,
  NftFlowtableKey,
  NftFlowtableOptions,
} from './protocol/netfilter/nftables/flowtable-options';
export { formatRule } from './collections/nftables-text';
export type { NftFormatOptions, NftRuleText } from './protocol/netfilter/nftables/rule-text-options';
export type {
  NftRule,
  NftRuleFilter,
  NftRuleKey,
  NftRuleOptions,
  NftRuleReplacement,
  NftRuleReset,
} from './protocol/netfilter/nftables/rule-options';
export type {
  NftConcatenation,
  NftConnectionObjects,
  NftField,
  NftGoto,
  NftJump,
  NftKey,
  NftMatch,
  NftNamedSet,
  NftNotTogether,
  NftObjectMap,
  NftObjectOf,
  NftObjectReference,
  NftOne,
  NftOneOf,
  NftPart,
  NftRaw,
  NftRawExpression,
  NftRawSet,
  NftStatement,
  NftStatements,
  NftTogether,
  NftValueRange,
  NftVerdict,
  NftVerdictMap,
  NftVerdictOf,
} from './protocol/netfilter/nftables/statements/statement';
export type {
  NftAddressRange,
  NftConnectionCount,
  NftCounter,
  NftDup,
  NftElementStatement,
  NftElementStatements,
  NftForward,
  NftIcmpCode,
  NftIcmpv6Code,
  NftIcmpxCode,
  NftLimit,
  NftLog,
  NftLogFlag,
  NftLogLevel,
  NftNat,
  NftNatFlag,
  NftOwnNat,
  NftPortRange,
  NftQueue,
  NftQueueRange,
  NftQuota,
  NftReject,
  NftRejectIcmp,
  NftRejectIcmpv6,
  NftRejectIcmpx,
  NftSetUpdate,
  NftSynproxy,
  NftTproxy,
} from './protocol/netfilter/nftables/statements/action-options';
export type {
  NftChanged,
  NftConstant,
  NftFieldBits,
  NftDataMap,
  NftDataOf,
  NftMapped,
  NftSource,
} from './protocol/netfilter/nftables/statements/source-options';
export type {
  NftConnectionEvent,
  NftConnectionWrites,
  NftPacketWrites,
  NftPayloadWrite,
  NftOtherOptionWrites,
  NftTcpOptionWrite,
  NftTcpOption,
  NftWrite,
  NftZoneWrites,
} from './protocol/netfilter/nftables/statements/write-options';
export type {
  NftAddressType,
  NftCgroupOf,
  NftCgroupTests,
  NftFibKey,
  NftFibOf,
  NftFibTests,
  NftIpsecOf,
  NftIpsecTests,
  NftJhashOf,
  NftJhashTests,
  NftNumgenOf,
  NftNumgenTests,
  NftOsfOf,
  NftOsfTests,
  NftPayloadOf,
  NftPayloadTests,
  NftTcpOptionOf,
  NftTcpOptionTests,
  NftSymhashOf,
  NftSymhashTests,
  NftTunnelOf,
  NftTunnelTests,
} from './protocol/netfilter/nftables/selectors/family-options';
export type {
  NftAtLeast,
  NftAtMost,
  NftElement,
  NftEquals,
  NftGreaterThan,
  NftInSet,
  NftLessThan,
  NftMasked,
  NftNot,
  NftPositiveTest,
  NftWholeTest,
  NftRange,
  NftTest,
} from './protocol/netfilter/nftables/statements/field-test';
export type {
  NftElementOptions,
  NftElementsKey,
  NftElementData,
  NftElementRange,
  NftElementsOptions,
  NftElementsReset,
  NftRawSetContent,
  NftRawSetOptions,
  NftRawSetRow,
  NftSetFilter,
  NftSetFlag,
  NftSetKey,
  NftSetOptions,
  NftSetRow,
} from './protocol/netfilter/nftables/sets/set-options';
export type {
  NftCounterObject,
  NftCounterObjectOptions,
  NftCtCountObject,
  NftCtCountObjectOptions,
  NftCtExpectationObject,
  NftCtExpectationObjectOptions,
  NftCtHelperObject,
  NftCtHelperObjectOptions,
  NftCtTimeoutObject,
  NftCtTimeoutObjectOptions,
  NftLimitObject,
  NftLimitObjectOptions,
  NftObject,
  NftObjectCommon,
  NftObjectCommonOptions,
  NftObjectFilter,
  NftObjectKey,
  NftObjectKind,
  NftObjectOptions,
  NftObjectReset,
  NftOtherObject,
  NftOtherObjectOptions,
  NftQuotaObject,
  NftQuotaObjectOptions,
  NftSecmarkObject,
  NftSecmarkObjectOptions,
  NftSynproxyObject,
  NftSynproxyObjectOptions,
} from './protocol/netfilter/nftables/objects/object-options';
export type { NftTimeoutPolicy } from './protocol/netfilter/nftables/objects/timeouts';
export type { NftDataInterval, NftDataType } from './protocol/netfilter/nftables/sets/data-types';
export type { NftIntegerType, NftSetType, NftTextType } from './protocol/netfilter/nftables/values/type-names';
export type { ValueTypeName as NftValueType } from './protocol/netfilter/nftables/values/types';
export type { NftRuleCollection } from './collections/nftables-rules';
export type { NftElementCollection } from './collections/nftables-elements';
export type { NftFlowtableCollection } from './collections/nftables-flowtables';
export type { NftObjectCollection } from './collections/nftables-objects';
export type { NftSetCollection } from './collections/nftables-sets';
export type {
  NftTable,
  NftTableFilter,
  NftTableFlag,
  NftTableKey,
  NftTableOptions,
} from './protocol/netfilter/nftables/table-options';
export type {
  Connection,
  ConnectionChanges,
  ConnectionKey,
  ConnectionOptions,
  ConnectionStatus,
  ConnectionSynproxy,
  ConnectionSynproxyOptions,
  ConnectionTimes,
} from './protocol/netfilter/conntrack/connection-fields';
export type { ConnectionFilter } from './protocol/netfilter/conntrack/connection-filter';
export type {
  ConnectionCounter,
  ConnectionCounters,
  SequenceAdjustment,
  SequenceAdjustmentOptions,
  SequenceAdjustments,
  SequenceAdjustmentsOptions,
} from './protocol/netfilter/conntrack/directions';
export type { ConnectionEvent, ExpectationEvent, TrackingEventName } from './protocol/netfilter/conntrack/events';
export type {
  Expectation,
  ExpectationFlag,
  ExpectationKey,
  ExpectationMask,
  ExpectationNat,
  ExpectationNatOptions,
  ExpectationOptions,
} from './protocol/netfilter/conntrack/expectation';
export type { ExpectationFilter } from './protocol/netfilter/conntrack/expectation-filter';
export type { ConnectionLabelChanges } from './protocol/netfilter/conntrack/labels';
export type {
  TrackedDccp,
  TrackedDccpOptions,
  TrackedDccpState,
  TrackedSctp,
  TrackedSctpOptions,
  TrackedSctpState,
  TrackedTcp,
  TrackedTcpFlag,
  TrackedTcpOptions,
  TrackedTcpState,
} from './protocol/netfilter/conntrack/protocol-state';
export type { ConnectionProtocol } from './protocol/netfilter/conntrack/protocols';
export type { TrackingCpuStatistics, TrackingStatistics } from './protocol/netfilter/conntrack/statistics';
export type { ConnectionTuple, ConnectionTupleFilter, ProtocolTuple } from './protocol/netfilter/conntrack/tuple';
export type { EventStream, LostEvents, WatchOptions } from './events/watch';
export type { NamespaceId } from './protocol/namespace-id';
export type {
  DescriptorReference,
  NamespaceIdentity,
  NamespaceInfo,
  NamespaceTarget,
  PidfdReference,
  ProcessReference,
} from './protocol/namespace-reference';
