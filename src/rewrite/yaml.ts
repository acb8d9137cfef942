import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/yaml';

import type { Replacement, Site } from './replacement';
import { ancestor, nodeAround } from './trees';

export { parser };

/**
 * Places of a workflow in which GitHub knows secrets
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability).
 */
const withSecrets = new RegExp(
  [
    '^env/[^/]+$',
    '^jobs/[^/]+/(?:env/[^/]+|secrets/[^/]+|(?:container|services/[^/]+)/(?:env|credentials)/[^/]+)$',
    '^jobs/[^/]+/steps/(?:(?:env|with)/[^/]+|run|name|working-directory)$',
  ].join('|'),
);

/** Returns undefined where nothing replaces variables, as in Kubernetes, or the place isn't a plain value. */
export function replace(site: Site, tree: Tree): Replacement | undefined {
  const node = nodeAround(tree, site.start, site.end);
  if (!node || !['Literal', 'QuotedLiteral', 'BlockLiteralContent'].includes(node.name) || ancestor(node, 'Key')) {
    return undefined;
  }
  const code = variable(site, node);
  if (code === undefined) {
    return undefined;
  }
  const isInFlow = node.name === 'Literal' && ancestor(node, 'FlowSequence', 'FlowMapping');
  const edits = [{ start: site.start, end: site.end, text: code }];
  // An unquoted brace would start another map there.
  return isInFlow
    ? { code, edits: [{ start: node.from, end: node.to, text: quoted(site, node, code) }] }
    : { code, edits };
}

function quoted({ text, start, end }: Site, { from, to }: SyntaxNode, code: string): string {
  return JSON.stringify(text.slice(from, start) + code + text.slice(end, to));
}

function variable({ text, path, name, start }: Site, node: SyntaxNode): string | undefined {
  if (/(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) {
    const keys = keysAbove(node).map(({ from, to }) => text.slice(from, to));
    const before = text.slice(node.from, start);
    const isInExpression = before.lastIndexOf('${{') > before.lastIndexOf('}}');
    return withSecrets.test(keys.reverse().join('/')) && !isInExpression ? `\${{ secrets.${name} }}` : undefined;
  }
  return /(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/.test(path) ? `\${${name}}` : undefined;
}

function keysAbove(node: SyntaxNode): SyntaxNode[] {
  const pair = ancestor(node, 'Pair');
  const key = pair?.getChild('Key')?.firstChild;
  return pair ? [...(key ? [key] : []), ...keysAbove(pair)] : [];
}
