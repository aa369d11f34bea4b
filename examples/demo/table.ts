import { paint, textOf, styleOf, type Cell } from './canvas';

/** Prints rows in columns, each as wide as its longest cell. */
export function printTable(rows: Cell[][]): void {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, textOf(cell).length)));
  }
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      const padding = column === row.length - 1 ? '' : ' '.repeat(widths[column]! - textOf(cell).length);
      return paint(textOf(cell), styleOf(cell)) + padding;
    });
    console.log(`  ${cells.join('  ')}`.trimEnd());
  }
}
