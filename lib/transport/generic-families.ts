/**
 * The numbers of the generic netlink families of one namespace, as they become known. A family is looked up when it is first used; its number
 * lasts until the kernel unloads it.
 */
export class GenericFamilies {
  private readonly numbers = new Map<string, number>();

  numberOf(name: string): number | undefined {
    return this.numbers.get(name);
  }

  learn(name: string, number: number): void {
    this.numbers.set(name, number);
  }

  /** The kernel does not know the number, or no longer. */
  forget(name: string): void {
    this.numbers.delete(name);
  }
}
