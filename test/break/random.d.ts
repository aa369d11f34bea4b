export interface Random {
  /** A whole number from 0, less than `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<Item>(list: readonly Item[]): Item;
}

export function randomOf(seed: number, step?: number): Random;
