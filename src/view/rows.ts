import type { Node } from './nodes';

/** An element of the tree, and the argument of the commands in its menu. The same object for as long as its row is there. */
export interface Row {
  readonly connectionId: string;
  /** Of its token; undefined for the row of a project. */
  readonly id: number | undefined;
  /** What it shows now. */
  node: Node;
}

/**
 * The rows of the tree. While the editor draws a tree anew it does not know which row a click was for, so that only
 * rows that differ are drawn, and all of them only where rows came, went or moved.
 */
export class Rows {
  #rows: ReadonlyMap<string, Row> = new Map();

  of(node: Node): Row | undefined {
    return this.#rows.get(node.key);
  }

  /**
   * @param nodes all that the tree shows from now on, in their order
   * @returns the rows to draw; undefined where none is
   */
  show(nodes: readonly Node[]): 'all' | Row[] | undefined {
    const before = this.#rows;
    const changed: Row[] = [];
    const rows = nodes.map((node): Row => {
      const row = before.get(node.key) ?? {
        connectionId: node.connectionId,
        id: node.kind === 'token' ? node.id : undefined,
        node,
      };
      if (row.node !== node && JSON.stringify(row.node) !== JSON.stringify(node)) {
        row.node = node;
        changed.push(row);
      }
      return row;
    });
    this.#rows = new Map(rows.map((row) => [row.node.key, row]));
    if ([...before.keys()].join() !== [...this.#rows.keys()].join()) {
      return 'all';
    }
    return changed.length > 0 ? changed : undefined;
  }
}
