// What viz/page/rows_js.py writes into a page before these scripts: the rows of microgrid.ops that its graph uses.

interface Row {
  value(x: number, y: number): number;
  partials(x: number, y: number, z: number): number[];
  domain(x: number, y: number): boolean;
  pole(x: number, y: number): boolean;
  kink(x: number, y: number): boolean;
  branch(x: number, y: number, z: number): string;
}

// What viz/page/optimizers_js.py writes: the optimisers that the page trains with.
interface Optimizer {
  settings: Record<string, number | boolean>;
  variant(settings: Record<string, any>): {
    step(k: number, settings: Record<string, any>, x: any, g: any, memory: any[], newX: any, newMemory: any[]): void;
  };
}

declare const OPTIMIZERS: Record<string, Optimizer>;
declare const ROWS: Record<string, Row>;
