// Types of objects that have some of the properties of a declaration. They are mapped over names that are chosen beforehand, not by `as`, by which
// TypeScript 7 loses the descriptions (`{ [K in keyof F as ...]: ... }`).

/** The names of the fields that have a mark. */
export type NamesOf<F, Mark> = { [K in keyof F]: F[K] extends Mark ? K : never }[keyof F];

/** The names of the fields that have it not. */
export type NamesWithout<F, Mark> = { [K in keyof F]: F[K] extends Mark ? never : K }[keyof F];
