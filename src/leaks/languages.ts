import { replacementInVscodeFile } from './vscodeFiles';
import {
  constToVar,
  type Edit,
  importGoOs,
  importOs,
  mountSecret,
  type ReplacedValue,
  type Replacement,
} from './imports';
import { type Literal, literalAround, type LiteralSyntax } from './literals';

/** The text before and after the value, within the same quotes. */
interface Piece {
  readonly before: string;
  readonly after: string;
}

interface Language {
  readonly syntax: LiteralSyntax;
  /** Returns the expression that reads the variable. */
  read(name: string, path: string): string;
  /** Replaces a value in a quoted text. */
  replaceQuoted(site: ReplacedValue, literal: Literal, piece: Piece, code: string): Edit;
  /** Replaces a value without quotes. Missing if such a value can only be in a multi-line text or a comment. */
  replaceUnquoted?(site: ReplacedValue, code: string): Edit;
  /** Returns edits that the code needs elsewhere, such as an import. */
  needs?(site: ReplacedValue): readonly Edit[];
}

const python: Language = {
  syntax: { quotes: ['"""', "'''", '"', "'"], prefix: /(?<!\w)[bfru]{1,2}$/i, comment: '#' },
  read: (name) => `os.environ["${name}"]`,
  replaceQuoted: (site, literal, { before, after }, code) => {
    const bytes = /b/i.test(literal.prefix) ? '.encode()' : '';
    if (before === '' && after === '') {
      return replaceLiteral(literal, site, code + bytes);
    }
    // An f-string is one operand, as the text was. A `+` could bind differently to what's beside it.
    const isFormatted = /f/i.test(literal.prefix);
    const braces = (text: string) => (isFormatted ? text : text.replace(/[{}]/g, '$&$&'));
    const prefix = isFormatted ? literal.prefix : `f${literal.prefix.replace(/[bu]/gi, '')}`;
    const inner = literal.quote.includes('"') ? code.replaceAll('"', "'") : code;
    const text = `${braces(before)}{${inner}}${braces(after)}`;
    return replaceLiteral(literal, site, `${prefix}${literal.quote}${text}${literal.quote}${bytes}`);
  },
  needs: importOs,
};

const javascript: Language = {
  syntax: { quotes: ['"', "'", '`'], comment: '//' },
  read: (name) => `process.env.${name}`,
  replaceQuoted: (site, literal, { before, after }, code) => {
    const text = (inner: string) => (literal.quote === '`' ? inner : inner.replace(/`|\$\{/g, '\\$&'));
    const template = `\`${text(before)}\${${code}}${text(after)}\``;
    const expression = before === '' && after === '' ? code : template;
    // In JSX, an attribute's value is an expression in braces.
    const isAttribute = /\s[\w-]+=$/.test(site.lines(site.line)?.slice(0, literal.start) ?? '');
    return replaceLiteral(literal, site, isAttribute && /\.[jt]sx$/.test(site.path) ? `{${expression}}` : expression);
  },
};

/** The syntax of shells, which YAML and `.env` files share. */
const asInShells: LiteralSyntax = { quotes: ['"', "'"], raw: ["'"], comment: '#', spaced: true };

const shell: Language = {
  syntax: asInShells,
  read: (name) => `$${name}`,
  replaceQuoted: (site, literal, { before, after }, code) => {
    const text = before + after;
    if (literal.quote === '"') {
      return replaceValue(site, bounded(site, after, code));
    }
    return /["$`\\!]/.test(text)
      ? replaceValue(site, `'"${code}"'`)
      : replaceLiteral(literal, site, `"${before}${bounded(site, after, code)}${after}"`);
  },
  replaceUnquoted: (site, code) => replaceValue(site, `"${code}"`),
};

const go: Language = {
  syntax: { quotes: ['"', '`'], raw: ['`'], comment: '//' },
  read: (name) => `os.Getenv("${name}")`,
  replaceQuoted: joined,
  needs: (site) => [...constToVar(site), ...importGoOs(site)],
};

const java: Language = {
  syntax: { quotes: ['"'], comment: '//' },
  read: (name) => `System.getenv("${name}")`,
  replaceQuoted: joined,
};

const yaml: Language = {
  syntax: asInShells,
  read: (name, path) => (/(?:^|\/)\.github\/workflows\//.test(path) ? `\${{ secrets.${name} }}` : `\${${name}}`),
  replaceQuoted: (site, _, __, code) => replaceValue(site, code),
  // Within braces (a flow map), an unquoted brace would start another map.
  replaceUnquoted: (site, code) =>
    replaceValue(site, site.lines(site.line)?.slice(0, site.start).includes('{') ? `"${code}"` : code),
};

const json: Language = {
  syntax: { quotes: ['"'], comment: '//' },
  read: (name) => `\${${name}}`,
  replaceQuoted: (site, _, __, code) => replaceValue(site, code),
};

const dotenv: Language = {
  syntax: asInShells,
  read: (name) => `\${${name}}`,
  // In double quotes, since single quotes prevent expansion.
  replaceQuoted: (site, literal, { before, after }, code) =>
    replaceLiteral(literal, site, `"${before}${code}${after}"`),
  replaceUnquoted: (site, code) => replaceValue(site, code),
};

const dockerfile: Language = {
  ...shell,
  replaceUnquoted: (site, code) => {
    const text = site.lines(site.line) ?? '';
    // ENV and ARG values stay in the image, where anyone can read them.
    return /^\s*(?:ENV|ARG)\s+\w+[= ]\S+\s*$/i.test(text)
      ? { line: site.line, start: 0, end: text.length, text: `# docker run --env ${site.name}` }
      : replaceValue(site, code);
  },
  needs: mountSecret,
};

const languages: Readonly<Record<string, Language>> = {
  python,
  javascript,
  javascriptreact: javascript,
  typescript: javascript,
  typescriptreact: javascript,
  shellscript: shell,
  go,
  java,
  yaml,
  'github-actions-workflow': yaml,
  dockercompose: yaml,
  json,
  jsonc: json,
  dotenv,
  dockerfile,
};

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

/** Returns what begins and ends a one-line comment; undefined if the language has none. */
export function commentOf(language: string): readonly [begin: string, end: string] | undefined {
  if (['markdown', 'html', 'xml', 'vue', 'svelte'].includes(language)) {
    return ['<!--', ' -->'];
  }
  if (['json', 'plaintext', 'csv'].includes(language)) {
    return undefined;
  }
  const slashes = ['c', 'cpp', 'csharp', 'rust', 'kotlin', 'swift', 'php', 'scala', 'dart', 'groovy'];
  return [languages[language]?.syntax.comment ?? (slashes.includes(language) ? '//' : '#'), ''];
}

/** Returns edits that replace a value by code that reads the variable, or by a placeholder if code can't. */
export function replacementFor(language: string, site: ReplacedValue): Replacement {
  const text = site.lines(site.line) ?? '';
  // In a notebook, `!` passes the line to a shell.
  const known = language === 'python' && /^\s*!/.test(text) ? shell : languages[language];
  const literal = known && literalAround(text, site, known.syntax);
  if (!known || literal === 'comment' || (!literal && !known.replaceUnquoted)) {
    const code = `<${site.name}>`;
    return { code, edits: [replaceValue(site, code)] };
  }
  const inConfiguration = known === json ? replacementInVscodeFile(site) : undefined;
  if (inConfiguration) {
    return inConfiguration;
  }
  const code = known.read(site.name, site.path);
  const edit = literal
    ? known.replaceQuoted(site, literal, pieceOf(text, site, literal), code)
    : (known.replaceUnquoted?.(site, code) ?? replaceValue(site, code));
  return { code, edits: [edit, ...(known.needs?.(site) ?? [])] };
}

function pieceOf(text: string, site: ReplacedValue, { start, end, quote, prefix }: Literal): Piece {
  return {
    before: text.slice(start + prefix.length + quote.length, site.start),
    after: text.slice(site.end, end - quote.length),
  };
}

function replaceValue({ line, start, end }: ReplacedValue, text: string): Edit {
  return { line, start, end, text };
}

function replaceLiteral({ start, end }: Literal, { line }: ReplacedValue, text: string): Edit {
  return { line, start, end, text };
}

/** Puts a shell variable's name in braces if the next character could continue the name. */
function bounded({ name }: ReplacedValue, after: string, code: string): string {
  return /^\w/.test(after) ? `\${${name}}` : code;
}

/** Joins the texts and the code with `+`. */
function joined(site: ReplacedValue, literal: Literal, { before, after }: Piece, code: string): Edit {
  const parts = [before, after].map((text) => (text === '' ? '' : `${literal.quote}${text}${literal.quote}`));
  return replaceLiteral(literal, site, [parts[0], code, parts[1]].filter(Boolean).join(' + '));
}
