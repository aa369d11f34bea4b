/** Gives every contender its turn in each round; each round begins with another one. */
export async function takeTurns<Contender>(
  contenders: Contender[],
  rounds: number,
  takeTurn: (contender: Contender, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length;
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      await takeTurn(contender, round);
    }
  }
}
