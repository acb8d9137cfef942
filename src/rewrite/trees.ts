import type { Parser, SyntaxNode, Tree } from '@lezer/common';

/** Milliseconds of work, after which other work gets its turn. */
const portion = 8;

/** Parses a text in portions. Broken code has error nodes, whose name is `⚠`. */
export async function parse(parser: Parser, text: string): Promise<Tree> {
  const work = parser.startParse(text);
  for (;;) {
    for (const end = performance.now() + portion; performance.now() < end;) {
      const tree = work.advance();
      if (tree) {
        return tree;
      }
    }
    await new Promise(setImmediate);
  }
}

export function errorsIn(tree: Tree): number {
  let errors = 0;
  tree.iterate({ enter: ({ type }) => void (errors += type.isError ? 1 : 0) });
  return errors;
}

/** Returns the innermost node around a place; undefined if it doesn't include the whole place. */
export function nodeAround(tree: Tree, start: number, end: number): SyntaxNode | undefined {
  const node = tree.resolveInner(start, 1);
  return node.to >= end ? node : undefined;
}

export function ancestor(node: SyntaxNode, ...names: readonly string[]): SyntaxNode | undefined {
  for (let one = node.parent; one; one = one.parent) {
    if (names.includes(one.name)) {
      return one;
    }
  }
  return undefined;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    children.push(child);
  }
  return children;
}

/** Returns all nodes with one of the names. */
export function nodesIn(tree: Tree, ...names: readonly string[]): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  tree.iterate({
    enter: ({ name, node }) => {
      if (names.includes(name)) {
        nodes.push(node);
      }
    },
  });
  return nodes;
}
