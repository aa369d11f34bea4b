/** All values from one to another, both among them. */
export interface NftRange<Value> {
  /** The first of them. */
  from: Value;
  /** The last of them. */
  to: Value;
}

/** One of an array's elements; '*' is any value that no other element has. */
export type NftElement<Value> = Value | NftRange<Value> | '*';

/** Exactly this: of flags all, and no other. */
export interface NftEquals<Value> {
  /** The value. */
  equals: Value;
}

/** Less than this. */
export interface NftLessThan<Value> {
  /** The value. */
  lessThan: Value;
}

/** This or less. */
export interface NftAtMost<Value> {
  /** The value. */
  atMost: Value;
}

/** More than this. */
export interface NftGreaterThan<Value> {
  /** The value. */
  greaterThan: Value;
}

/** This or more. */
export interface NftAtLeast<Value> {
  /** The value. */
  atLeast: Value;
}

/** Some of its bits. */
export interface NftMasked<Value> {
  /** The bits that are compared. */
  mask: Value;
  /** What they have to be: a value, or one of several and so on, as of all of them. */
  value: NftWholeTest<Value>;
}

/** Those of a set of the table. */
export interface NftInSet {
  /** Its name. NFTA_LOOKUP_SET. */
  set: string;
  /** Whether it has ranges, by the flag 'interval', among which numbers of the host such as marks are in another order; false by default. */
  interval?: boolean | undefined;
}

/** What all bits of something are compared with. */
export type NftWholeTest<Value> =
  | Value
  | NftRange<Value>
  | readonly NftElement<Value>[]
  | NftInSet
  | NftEquals<Value>
  | NftLessThan<Value>
  | NftAtMost<Value>
  | NftGreaterThan<Value>
  | NftAtLeast<Value>;

/** What something is compared with, but for its contrary. */
export type NftPositiveTest<Value> = NftWholeTest<Value> | NftMasked<Value>;

/** None of that. */
export interface NftNot<Value> {
  /** What it must not be. */
  not: NftPositiveTest<Value>;
}

/**
 * What something of a packet has to be: a value (of flags, any of them), a range, one of an array, an element of a set (`{ set: 'blocked' }`),
 * less or more than a value, some of its bits (`{ mask, value }`), or none of that: `{ not: ... }`. `{ equals }` is for flags, of which all are compared.
 */
export type NftTest<Value> = NftPositiveTest<Value> | NftNot<Value>;
