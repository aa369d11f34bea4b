/** How a piece of text looks on a terminal with colours; without, all look plain. Readable on dark and on light ones. */
export type Style = 'plain' | 'bold' | 'faint' | 'mac' | 'ip';

const codes: Record<Style, string> = { plain: '', bold: '1', faint: '2', mac: '35', ip: '32' };

/** Node itself respects NO_COLOR and FORCE_COLOR here. */
const hasColors = process.stdout.isTTY && process.stdout.hasColors();

export function paint(text: string, style: Style): string {
  return hasColors && style !== 'plain' ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}

/** A piece of text, plain or with a style: 'index 3', ['02:00:00:00:00:01', 'mac']. */
export type Cell = string | [text: string, style: Style];

export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell[0];
}

export function styleOf(cell: Cell): Style {
  return typeof cell === 'string' ? 'plain' : cell[1];
}

interface Spot {
  character: string;
  style: Style;
}

/** A sheet of characters to draw boxes and lines on. */
export class Canvas {
  private readonly rows: Spot[][] = [];

  constructor(private readonly width: number) {}

  put(x: number, y: number, text: string, style: Style = 'plain'): void {
    while (this.rows.length <= y) {
      this.rows.push(Array.from({ length: this.width }, () => ({ character: ' ', style: 'plain' })));
    }
    for (let i = 0; i < text.length; i++) this.rows[y]![x + i] = { character: text.charAt(i), style };
  }

  /** A line of text whose middle is at `center`. */
  centered(center: number, y: number, line: Cell[]): void {
    let x = center - Math.floor(line.map(textOf).join('').length / 2);
    for (const cell of line) {
      this.put(x, y, textOf(cell), styleOf(cell));
      x += textOf(cell).length;
    }
  }

  box(x: number, y: number, width: number, height: number, title: string): void {
    this.put(x, y, `┌${'─'.repeat(width - 2)}┐`, 'faint');
    for (let row = y + 1; row < y + height - 1; row++) {
      this.put(x, row, '│', 'faint');
      this.put(x + width - 1, row, '│', 'faint');
    }
    this.put(x, y + height - 1, `└${'─'.repeat(width - 2)}┘`, 'faint');
    this.put(x + 2, y, ` ${title} `, 'bold');
  }

  toString(): string {
    return this.rows.map(paintRow).join('\n');
  }
}

/** Runs of one style are painted as one. */
function paintRow(row: Spot[]): string {
  let painted = '';
  for (let start = 0, end = 0; start < row.length; start = end) {
    const { style } = row[start]!;
    while (row[end]?.style === style) end++;
    painted += paint(characters(row.slice(start, end)), style);
  }
  return painted.trimEnd();
}

function characters(spots: Spot[]): string {
  return spots.map(({ character }) => character).join('');
}
