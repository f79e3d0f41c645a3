// What viz/page/rows_js.py writes into a page before these scripts: the rows of microgrid.ops that its graph uses.

interface Row {
  value(x: number, y: number): number;
  partials(x: number, y: number, z: number): number[];
  domain(x: number, y: number): boolean;
  pole(x: number, y: number): boolean;
  kink(x: number, y: number): boolean;
  branch(x: number, y: number, z: number): string;
}

declare const ROWS: Record<string, Row>;
