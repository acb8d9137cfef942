import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';

import { around, type Edit, type Replacement, type Site, spaceBefore } from './replacement';
import { ancestor, childrenOf, nodeAround, nodesIn } from './trees';

export { parser };

/** Replaces the value by code that reads the variable; returns undefined where that isn't certain to be right. */
export function replace(site: Site, tree: Tree): Replacement | undefined {
  const literal = nodeAround(tree, site.start, site.end);
  const code = `os.environ["${site.name}"]`;
  const text = literal && isExpression(literal) ? readingText(site, literal) : undefined;
  const imported = literal && text !== undefined ? importOs(site, tree, literal) : undefined;
  return literal && text !== undefined && imported
    ? {
        code,
        edits: [
          { start: literal.from, end: literal.to, text: spaceBefore(site.text, literal.from) + text },
          ...imported,
        ],
      }
    : undefined;
}

const patterns = ['Literal', 'Mapping', 'Sequence', 'Class', 'Or', 'As', 'Group', 'Star'].map(
  (kind) => `${kind}Pattern`,
);

/** Returns false for docstrings, and where Python requires a literal. */
function isExpression(literal: SyntaxNode): boolean {
  const whole = literal.parent?.name === 'ContinuedString' ? literal.parent : literal;
  const parent = whole.parent?.name ?? '';
  return (
    ['String', 'FormatString'].includes(literal.name) &&
    !['ExpressionStatement', '⚠'].includes(parent) &&
    !ancestor(literal, 'TypeDef', 'FormatSpec', ...patterns)
  );
}

/** Returns an expression that is one operand, as the literal was: a `+` could bind differently to what's beside it. */
function readingText(site: Site, literal: SyntaxNode): string | undefined {
  const [, prefix = '', quote = ''] = /^([a-z]*)("""|'''|"|')/i.exec(site.text.slice(literal.from, literal.to)) ?? [];
  const [bodyStart, bodyEnd] = [literal.from + prefix.length + quote.length, literal.to - quote.length];
  if (quote === '' || site.text.slice(bodyEnd, literal.to) !== quote || site.start < bodyStart || site.end > bodyEnd) {
    return undefined;
  }
  const [before, after] = around(site, bodyStart, bodyEnd);
  const [isBytes, isFormatted] = [/b/i.test(prefix), /f/i.test(prefix)];
  const isWhole = before === '' && after === '';
  const isPart = literal.parent?.name === 'ContinuedString';
  const isNested = ancestor(literal, 'FormatString') !== undefined;
  // Before Python 3.12, a formatted text can't have its own quotes in its expressions.
  const inner = [`"`, `'`].find((one) => !quotesAround(site.text, literal).includes(one));
  if (isWhole && !isPart && inner !== undefined) {
    return `os.environ[${inner}${site.name}${inner}]${isBytes ? '.encode()' : ''}`;
  }
  // `\N{…}` has braces that must not be doubled. The bytes of `\xff` differ from those of the encoded character.
  if (isNested || (isBytes && (isPart || (before + after).includes('\\'))) || /\\N\{/.test(before + after)) {
    return undefined;
  }
  const braces = (text: string) => (isFormatted ? text : text.replace(/[{}]/g, '$&$&'));
  const quoted = quote.startsWith('"') ? `'${site.name}'` : `"${site.name}"`;
  const formatted = isFormatted ? prefix : `f${prefix.replace(/[bu]/gi, '')}`;
  const text = `${braces(before)}{os.environ[${quoted}]}${braces(after)}`;
  return `${formatted}${quote}${text}${quote}${isBytes ? '.encode()' : ''}`;
}

/** Returns the quotes of the formatted texts around a literal. */
function quotesAround(text: string, literal: SyntaxNode): string[] {
  const outer = ancestor(literal, 'FormatString');
  const [quote = ''] = (outer && /["']/.exec(text.slice(outer.from, outer.to))) ?? [];
  return outer ? [quote, ...quotesAround(text, outer)] : [];
}

/** Returns the edits that make `os` known before the literal; undefined if `os` may be something else there. */
function importOs({ text, earlier = [] }: Site, tree: Tree, literal: SyntaxNode): readonly Edit[] | undefined {
  // Other cells with a magic run elsewhere, or leave no names behind.
  const cells = earlier
    .filter((cell) => /\bos\b/.test(cell) && (!/^\s*%%/.test(cell) || /^\s*%%(?:time|capture|prun)\b/.test(cell)))
    .map((cell) => ({ text: cell, tree: parser.parse(withoutMagic(cell)) }));
  if ([{ text, tree }, ...cells].some((one) => !isModule(one.text, one.tree))) {
    return undefined;
  }
  const inside = ancestor(literal, 'FunctionDefinition');
  if (inside && /\bimport\b[^\n]*\bos\b/.test(text.slice(inside.from, inside.to))) {
    const body = inside.getChild('Body');
    return body && importsOs(text, body, literal.from) ? [] : undefined;
  }
  const isKnown = cells.some((cell) => importsOs(cell.text, cell.tree.topNode, cell.text.length));
  if (isKnown || importsOs(text, tree.topNode, literal.from)) {
    return [];
  }
  const at = firstStatement(text, tree);
  if (at === undefined) {
    return undefined;
  }
  const isInside = childrenOf(tree.topNode).some(({ from, to }) => from < at && at < to);
  return isInside || at > literal.from ? undefined : [{ start: at, end: at, text: 'import os\n' }];
}

/** Returns whether every `os` is certain to be the module: in `os.…` or an argument, or where it's imported. */
function isModule(text: string, tree: Tree): boolean {
  return nodesIn(tree, 'VariableName').every((name) => {
    const { parent, prevSibling, nextSibling } = name;
    if (text.slice(name.from, name.to) !== 'os') {
      return true;
    }
    if (parent?.name === 'ImportStatement') {
      return prevSibling?.name === 'from' || (parent.firstChild?.name === 'import' && prevSibling?.name !== 'as');
    }
    return (
      (parent?.name === 'ArgList' && !/^\s*:=/.test(text.slice(name.to))) ||
      (parent?.name === 'MemberExpression' && !prevSibling && nextSibling?.name === '.')
    );
  });
}

/** Returns whether a statement of a module or a function, outside of conditions, imports `os` before a place. */
function importsOs(text: string, body: SyntaxNode, before: number): boolean {
  return childrenOf(body).some(
    (statement) =>
      statement.name === 'ImportStatement' &&
      statement.to <= before &&
      statement.firstChild?.name === 'import' &&
      childrenOf(statement).some(
        (child) =>
          child.name === 'VariableName' &&
          text.slice(child.from, child.to) === 'os' &&
          ['import', ','].includes(child.prevSibling?.name ?? '') &&
          !['.', 'as'].includes(child.nextSibling?.name ?? ''),
      ),
  );
}

/** Returns where to insert an import: after leading comments, the docstring and `__future__`; undefined if it's unclear. */
function firstStatement(text: string, tree: Tree): number | undefined {
  let after: SyntaxNode | undefined;
  for (const child of childrenOf(tree.topNode)) {
    const isDocstring = child.name === 'ExpressionStatement' && /^\(*[ru]?["']/i.test(text.slice(child.from, child.to));
    const isFuture = child.name === 'ImportStatement' && /^from\s+__future__\s/.test(text.slice(child.from, child.to));
    if (child.name === 'Comment') {
      continue;
    }
    if (child.name === 'StatementGroup' && /__future__|^\(*[ru]?["']/i.test(text.slice(child.from, child.to))) {
      return undefined;
    }
    if (!isFuture && !(isDocstring && !after)) {
      return after ? lineAfter(text, after.to, child.from) : child.from;
    }
    after = child;
  }
  return text.length;
}

function lineAfter(text: string, end: number, next: number): number {
  const lineBreak = text.lastIndexOf('\n', next);
  return lineBreak < end ? next : lineBreak + 1;
}

/** Begins a command for IPython in a notebook's cell, whose output may be kept in a variable. */
export const command = String.raw`^[ \t]*(?:\w[\w, ]*= *)?`;

/** Turns commands for IPython into comments of the same length: marks their lines at their first character. */
export function withoutMagic(text: string): string {
  const commands = new RegExp(String.raw`${command}[!%](?:[^\n]*\\\n[^\n]?)*`, 'gm');
  return text.replace(commands, (found) => found.replace(/[^ \t]/, '#').replace(/\n./g, '\n#'));
}
