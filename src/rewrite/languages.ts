import type { Parser, Tree } from '@lezer/common';

import { settings } from '../base/settings';
import { replaceInDockerfile } from './dockerfile';
import { applyEdits, commandAround, type Edit, placeholder, type Replacement, type Site } from './replacement';
import { replaceInDotenv, replaceInShell } from './shell';
import { shellPlace } from './shellText';
import { errorsIn, parse } from './trees';
import { replacementInVscodeFile } from './vscodeFiles';

/*
 * Replaces a value by code that reads a variable, where a parser of the file's language shows what the place is. The
 * parsers are loaded when they're first needed.
 */

/** Characters. In longer files, a value is replaced by a placeholder, since they would take too long to parse. */
const longest = 200_000;

interface Grammar {
  readonly parser: Parser;
  readonly replace: (site: Site, tree: Tree) => Replacement | undefined;
}

/** @param plain returns a text of the same length that the grammar can read */
async function byGrammar({ parser, replace }: Grammar, site: Site, plain = (text: string) => text) {
  const tree = await parse(parser, plain(site.text));
  const replacement = replace(site, tree);
  if (!replacement) {
    return undefined;
  }
  const after = await parse(parser, plain(applyEdits(site.text, replacement.edits)));
  return errorsIn(after) <= errorsIn(tree) ? replacement : undefined;
}

async function inPython(site: Site): Promise<Replacement | undefined> {
  const python = await import('./python');
  if (!/\.(?:ipynb|interactive)$/.test(site.path)) {
    return byGrammar(python, site);
  }
  const cell = /^\s*%%(\S+)[^\n]*\n/.exec(site.text);
  if (cell && !['time', 'timeit', 'capture', 'prun'].includes(cell[1] ?? '')) {
    const isShell = ['bash', 'sh'].includes(cell[1] ?? '') && site.start >= cell[0].length;
    return isShell ? replaceInShell(site, cell[0].length) : undefined;
  }
  const [start, end] = commandAround(site.text, site.start, site.end);
  const command = new RegExp(`${python.command}!`).exec(site.text.slice(start))?.[0];
  if (command !== undefined) {
    const begin = start + command.length;
    const tree = await parse(python.parser, python.withoutMagic(site.text));
    const isCommand = tree.resolveInner(begin - 1, 1).name === 'Comment';
    return isCommand && !mayInterpolate(site.text.slice(begin, end)) ? replaceInShell(site, begin, end) : undefined;
  }
  return byGrammar(python, site, python.withoutMagic);
}

/** Returns whether IPython may fill in `$name` or `{code}` in a command: all of them or none, as where JSON has braces. */
function mayInterpolate(command: string): boolean {
  return /[${]/.test(command) && !/(?<!\{)\{\s*\\?"[^"\n]*"\s*:/.test(command);
}

function inJavaScript(language: 'javascript' | 'typescript' | 'typescriptreact'): Language {
  const load = async () => {
    const { parsers, replace } = await import('./javascript');
    return { parser: parsers[language], replace };
  };
  return grammatical('//', load);
}

function grammatical(comment: string, load: () => Promise<Grammar>): Language {
  return { comment, load, replace: async (site) => byGrammar(await load(), site) };
}

interface Language {
  /** Begins a comment that runs to the end of its line. */
  readonly comment?: string;
  readonly load?: () => Promise<Grammar>;
  replace?(site: Site): Promise<Replacement | undefined> | Replacement | undefined;
}

const javascript = inJavaScript('javascript');
const yaml = grammatical('#', () => import('./yaml'));

const languages: Readonly<Record<string, Language>> = {
  python: { comment: '#', load: () => import('./python'), replace: inPython },
  javascript,
  javascriptreact: javascript,
  typescript: inJavaScript('typescript'),
  typescriptreact: inJavaScript('typescriptreact'),
  shellscript: { comment: '#', replace: (site) => (isOtherShell(site) ? undefined : replaceInShell(site)) },
  go: grammatical('//', () => import('./go')),
  java: grammatical('//', () => import('./java')),
  yaml,
  'github-actions-workflow': yaml,
  dockercompose: yaml,
  json: { replace: replacementInVscodeFile },
  jsonc: { comment: '//', replace: replacementInVscodeFile },
  dotenv: { comment: '#', replace: (site) => replaceInDotenv(site, settings.terminalsGetToken()) },
  dockerfile: { comment: '#', replace: replaceInDockerfile },
  ...withComment('#', 'elixir fish julia makefile perl powershell properties r ruby terraform toml'),
  ...withComment('//', 'c cpp csharp dart groovy kotlin less objective-c php rust scala scss swift'),
  ...withComment('--', 'haskell lua sql'),
};

/** @param ids separated by spaces */
function withComment(comment: string, ids: string): Record<string, Language> {
  return Object.fromEntries(ids.split(' ').map((id) => [id, { comment }]));
}

/** VS Code counts fish and csh as shell scripts, too. They read variables in other ways. */
function isOtherShell({ path, text }: Site): boolean {
  return /\.(?:fish|t?csh|t?cshrc)$/.test(path) || /^#!.*\b(?:fish|t?csh)\b/.test(text);
}

/** Returns a replacement by code that reads the variable; undefined where that isn't certain to be right. */
export async function codeFor(language: string, site: Site): Promise<Replacement | undefined> {
  if (site.text.length > longest) {
    return undefined;
  }
  try {
    return await languages[language]?.replace?.(site);
  } catch (error) {
    // Code that is nested very deeply.
    if (error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

/** Replaces a value by code that reads the variable, or by a placeholder. */
export async function replacementFor(language: string, site: Site): Promise<Replacement> {
  return (await codeFor(language, site)) ?? placeholder(site);
}

/**
 * Returns a file's language ID: VS Code's, or `dotenv` for `.env` files.
 * @param path with forward slashes
 */
export function languageOf(language: string, path: string): string {
  return isEnvFile(path) ? 'dotenv' : language;
}

/** Returns whether programs read variables from the file: `.env`, `.env.local`. */
export function isEnvFile(path: string): boolean {
  return /(?:^|\/)\.env(?:\.[\w.-]+)?$/.test(path);
}

/**
 * Inserts a line with a comment. Resolves to undefined if it's not known how the language writes one, or if it
 * would be part of a text there.
 * @param at where the line below begins @param comment its text, without what begins it
 */
export async function commentAt(
  language: string,
  text: string,
  at: number,
  comment: string,
): Promise<Edit | undefined> {
  const { comment: begin, load } = languages[language] ?? {};
  if (begin === undefined || text.length > longest) {
    return undefined;
  }
  const indentation = /^[ \t]*/.exec(text.slice(at))?.[0] ?? '';
  const edit = { start: at, end: at, text: `${indentation}${begin} ${comment}\n` };
  const after = applyEdits(text, [edit]);
  const place = at + indentation.length;
  if (language === 'shellscript') {
    const found = shellPlace(after, place + 1, place + 1);
    return found?.kind === 'comment' && found.start === place ? edit : undefined;
  }
  if (!load) {
    return mayBeInText(text.slice(0, at), begin) ? undefined : edit;
  }
  const { parser } = await load();
  const [before, tree] = [await parse(parser, text), await parse(parser, after)];
  const node = tree.resolveInner(place, 1);
  const isComment = /Comment$/.test(node.name) && node.from === place && errorsIn(tree) <= errorsIn(before);
  return isComment && before.resolveInner(at, 1).name !== 'Literal' ? edit : undefined;
}

/** Returns whether a text of a language without a grammar may begin above and go on. */
function mayBeInText(above: string, comment: string): boolean {
  const code = above.split('\n').map((line) => line.split(comment, 1)[0] ?? '');
  const count = (quote: string) => code.join('\n').split(quote).length - 1;
  return ['"', "'", '`'].some((quote) => count(quote) % 2 > 0) || /<<[-~]?["'`]?\w|\?>/.test(above);
}
