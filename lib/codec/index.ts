/** The codec: netlink bytes to objects and back, from declarations. It knows no family and no socket. */
// By name, for what `export *` compiles to takes a look-up in a table at each use, also where a million rows are decoded.
export { AF, familyNames, familyOf, familyOfText, familyWord, type IpFamily } from './address-family';
export { arrayOf } from './arrays';
export {
  attributeAt,
  attributesOf,
  findAttribute,
  holdsOthers,
  NLA_F_NESTED,
  type AttributeSpan,
} from './attribute-spans';
export {
  attributes,
  everyName,
  type AttributeSet,
  type DecodeOptions,
  type Decoded,
  type Encodable,
  type Fields,
  type Names,
  type UnknownAttribute,
} from './attributes';
export { hostOrder } from './byte-order';
export { anyIf, anyIfZero, common, comparedBy, comparer, notCompared, type Comparer, type Values } from './comparison';
export { eachElementOf } from './elements';
export { ethernetAddress, ethernetAddressType } from './ethernet-address';
export {
  member,
  memberBit,
  memberFlags,
  memberStates,
  memberSwitch,
  network,
  optionalMember,
  readOnlyMember,
  wideMember,
} from './header-fields';
export { formatOctets, hexOctets, hexOctetsType } from './hex-octets';
export { longerThan } from './holds-more';
export { indexedList } from './indexed-list';
export {
  bigUint64,
  bool,
  booleanOf,
  checkInteger,
  flag,
  int32,
  int32be,
  int64,
  s32,
  seconds,
  u16,
  u16be,
  u32,
  u8,
  uint,
  uint16,
  uint16be,
  uint32,
  uint32be,
  uint64,
  uint64be,
  uint8,
} from './integers';
export { interned } from './fast/interning';
export { repeated } from './fast/repeated';
export { templated, useTemplate, type Template } from './fast/templates';
export { appendIp, formatIp, ipAddress, ipOf, ipType, parseIp } from './ip-address';
export {
  checkLinkReference,
  checkSomeLink,
  clearableLinkIndex,
  isLongLinkName,
  linkIndex,
  linkIndexType,
  LinkSlot,
  nextSlot,
  someLinkIndex,
  someLinkIndexType,
  type LinkReference,
} from './link-index';
export { linkAddress, linkAddressType, optionalLinkAddressType, parseLinkAddress } from './link-layer-address';
export { nameLinks, nameOfLink } from './link-name-field';
export { filterable, filterableLink, inKey, type FilterBy, type FilterOf, type KeyOf } from './marks';
export { maskedSwitches, type MaskedSwitchFields } from './masked-switches';
export {
  canonical,
  message,
  type AnyMessage,
  type Message,
  type OptionsOf,
  type RowOf,
  type VariantMessage,
} from './message';
export { appendNested, inside, list, nested, numberedList } from './nesting';
export { numbersByName } from './number-list';
export { appendPrefix, formatPrefix, hasHostBits, parsePrefix, type Prefix } from './prefix';
export { between, masked, range, rangeOf, type Masked, type NumberRange } from './ranges';
export { Rows, type Row } from './fast/shape';
export { encodeLinkLayerAddress, encodeSocketAddress, encodeUnixAddress } from './socket-address';
export { memberOf, pad, struct, type Members, type Struct, type StructInput, type StructValues } from './struct';
export { rowDecoder } from './fast/table-rows';
export { structFields } from './struct-fields';
export {
  bytes,
  checkLinkName,
  checkName,
  checkText,
  decodeText,
  linkName,
  linkNameOf,
  LONGEST_ALTERNATIVE_NAME,
  LONGEST_LINK_NAME,
  nonEmptyText,
  octets,
  putText,
  text,
  textOf,
  unterminatedText,
} from './text';
export {
  clearable,
  constant,
  createOnly,
  field,
  fieldOf,
  partly,
  readOnly,
  required,
  sourceOf,
  unless,
  writeOnly,
  type ConstantField,
  type CreateOnlyField,
  type Field,
  type FixedType,
  type HoldsMore,
  type ReadOnlyField,
  type RequiredField,
  type Source,
  type Type,
  type WriteOnlyField,
} from './type';
export { apartFrom, needing, withoutIdle } from './together';
export { finished, headedKind } from './kind-types';
export { attributesOfKinds, variantField, type MessagePart, type VariantSet } from './variant-set';
export {
  variants,
  type KindOptions,
  type KindRow,
  type OtherKind,
  type KindType,
  type Kinds,
  type OtherOptions,
  type OtherRow,
  type VariantOptions,
  type VariantRow,
  type Variants,
} from './variants';
export { asObject, checkMembers, wholeStruct } from './whole-struct';
export {
  bits,
  bitsOf,
  bitsToNumber,
  choice,
  choiceOf,
  numberOf,
  switchesOf,
  wordsByNumber,
  wordsOfBits,
  type SwitchOptions,
  type Switches,
  type Word,
  type Words,
} from './words';
export {
  returnWriter,
  takeWriter,
  Writer,
  type LinkName,
  type MessageNote,
  type NamespaceReference,
  type NamespaceToBe,
  type WriterMark,
} from './writer';
