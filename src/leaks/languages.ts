import { type Literal, literalAround, type LiteralSyntax } from './literals';
import { constToVar, type Edit, importGoOs, importOs, mountSecret, type ReplacedValue } from './needs';

export interface Replacement {
  /** How the value is read. */
  readonly code: string;
  readonly edits: readonly Edit[];
}

/** A piece of a line with the value in it: what stands before it and after, without the quotes. */
interface Piece {
  readonly before: string;
  readonly after: string;
}

interface Language {
  readonly writing: LiteralSyntax;
  /** How an expression reads the variable. */
  read(name: string, path: string): string;
  /** The edit of the value's line, where it stands in a quoted text. */
  quoted(site: ReplacedValue, literal: Literal, piece: Piece, code: string): Edit;
  /** Where it stands without quotes; without this, it is in a text of several lines or a comment. */
  bare?(site: ReplacedValue, code: string): Edit;
  /** What is needed elsewhere for it: an import. */
  needs?(site: ReplacedValue): readonly Edit[];
}

const python: Language = {
  writing: { quotes: ['"""', "'''", '"', "'"], prefix: /(?<!\w)[bfru]{1,2}$/i, comment: '#' },
  read: (name) => `os.environ["${name}"]`,
  quoted: (site, literal, { before, after }, code) => {
    const bytes = /b/i.test(literal.prefix) ? '.encode()' : '';
    if (before === '' && after === '') {
      return over(literal, site, code + bytes);
    }
    // An f-string is one operand as the text was, whatever stands beside it.
    const isFormatted = /f/i.test(literal.prefix);
    const braces = (text: string) => (isFormatted ? text : text.replace(/[{}]/g, '$&$&'));
    const prefix = isFormatted ? literal.prefix : `f${literal.prefix.replace(/[bu]/gi, '')}`;
    const inner = literal.quote.includes('"') ? code.replaceAll('"', "'") : code;
    const text = `${braces(before)}{${inner}}${braces(after)}`;
    return over(literal, site, `${prefix}${literal.quote}${text}${literal.quote}${bytes}`);
  },
  needs: importOs,
};

const javascript: Language = {
  writing: { quotes: ['"', "'", '`'], comment: '//' },
  read: (name) => `process.env.${name}`,
  quoted: (site, literal, { before, after }, code) => {
    const text = (inner: string) => (literal.quote === '`' ? inner : inner.replace(/`|\$\{/g, '\\$&'));
    const template = `\`${text(before)}\${${code}}${text(after)}\``;
    const expression = before === '' && after === '' ? code : template;
    // In JSX, an attribute's value is an expression in braces.
    const isAttribute = /\s[\w-]+=$/.test(site.lines(site.line)?.slice(0, literal.start) ?? '');
    return over(literal, site, isAttribute && /\.[jt]sx$/.test(site.path) ? `{${expression}}` : expression);
  },
};

/** As shells write, and what took after them. */
const asInShells: LiteralSyntax = { quotes: ['"', "'"], raw: ["'"], comment: '#', spaced: true };

const shell: Language = {
  writing: asInShells,
  read: (name) => `$${name}`,
  quoted: (site, literal, { before, after }, code) => {
    const text = before + after;
    if (literal.quote === '"') {
      return at(site, bounded(site, after, code));
    }
    return /["$`\\!]/.test(text)
      ? at(site, `'"${code}"'`)
      : over(literal, site, `"${before}${bounded(site, after, code)}${after}"`);
  },
  bare: (site, code) => at(site, `"${code}"`),
};

const go: Language = {
  writing: { quotes: ['"', '`'], raw: ['`'], comment: '//' },
  read: (name) => `os.Getenv("${name}")`,
  quoted: joined,
  needs: (site) => [...constToVar(site), ...importGoOs(site)],
};

const java: Language = {
  writing: { quotes: ['"'], comment: '//' },
  read: (name) => `System.getenv("${name}")`,
  quoted: joined,
};

const yaml: Language = {
  writing: asInShells,
  read: (name, path) => (/(?:^|\/)\.github\/workflows\//.test(path) ? `\${{ secrets.${name} }}` : `\${${name}}`),
  quoted: (site, _, __, code) => at(site, code),
  // Between braces, a brace without quotes would begin another map.
  bare: (site, code) => at(site, site.lines(site.line)?.slice(0, site.start).includes('{') ? `"${code}"` : code),
};

const json: Language = {
  writing: { quotes: ['"'], comment: '//' },
  read: (name, path) => {
    if (/(?:^|\/)\.?devcontainer\.json$/.test(path)) {
      return `\${localEnv:${name}}`;
    }
    return /(?:^|\/)(?:\.vscode\/|mcp\.json$)|\.code-workspace$/.test(path) ? `\${env:${name}}` : `\${${name}}`;
  },
  quoted: (site, _, __, code) => at(site, code),
};

const dotenv: Language = {
  writing: asInShells,
  read: (name) => `\${${name}}`,
  // Within single quotes nothing is expanded.
  quoted: (site, literal, { before, after }, code) => over(literal, site, `"${before}${code}${after}"`),
  bare: (site, code) => at(site, code),
};

const dockerfile: Language = {
  ...shell,
  bare: (site, code) => {
    const text = site.lines(site.line) ?? '';
    // A value in an instruction stays in the image for everybody to read.
    return /^\s*(?:ENV|ARG)\s+\w+[= ]\S+\s*$/i.test(text)
      ? { line: site.line, start: 0, end: text.length, text: `# docker run --env ${site.name}` }
      : at(site, code);
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

/** @param language the editor's id of it @param path of the file, with slashes */
export function languageOf(language: string, path: string): string {
  return isEnvFile(path) ? 'dotenv' : language;
}

/** Whether a file is one that programs read variables from: `.env`, `.env.local`. */
export function isEnvFile(path: string): boolean {
  return /(?:^|\/)\.env(?:\.[\w.-]+)?$/.test(path);
}

/** What begins a comment of one line, in a language that has such; with what ends it. */
export function commentOf(language: string): readonly [begin: string, end: string] | undefined {
  if (['markdown', 'html', 'xml', 'vue', 'svelte'].includes(language)) {
    return ['<!--', ' -->'];
  }
  if (['json', 'plaintext', 'csv'].includes(language)) {
    return undefined;
  }
  const slashes = ['c', 'cpp', 'csharp', 'rust', 'kotlin', 'swift', 'php', 'scala', 'dart', 'groovy'];
  return [languages[language]?.writing.comment ?? (slashes.includes(language) ? '//' : '#'), ''];
}

/** How a value is taken out of a text; the same place reads the variable then, where the language can. */
export function replacementFor(language: string, site: ReplacedValue): Replacement {
  const text = site.lines(site.line) ?? '';
  // A line of a notebook's cell that goes to a shell.
  const known = language === 'python' && /^\s*!/.test(text) ? shell : languages[language];
  const literal = known && literalAround(text, site, known.writing);
  if (!known || literal === 'comment' || (!literal && !known.bare)) {
    const code = `<${site.name}>`;
    return { code, edits: [at(site, code)] };
  }
  const code = known.read(site.name, site.path);
  const edit = literal
    ? known.quoted(site, literal, pieceOf(text, site, literal), code)
    : (known.bare?.(site, code) ?? at(site, code));
  return { code, edits: [edit, ...(known.needs?.(site) ?? [])] };
}

function pieceOf(text: string, site: ReplacedValue, { start, end, quote, prefix }: Literal): Piece {
  return {
    before: text.slice(start + prefix.length + quote.length, site.start),
    after: text.slice(site.end, end - quote.length),
  };
}

function at({ line, start, end }: ReplacedValue, text: string): Edit {
  return { line, start, end, text };
}

function over({ start, end }: Literal, { line }: ReplacedValue, text: string): Edit {
  return { line, start, end, text };
}

/** The name of a shell's variable ends where the next character cannot be a part of it. */
function bounded({ name }: ReplacedValue, after: string, code: string): string {
  return /^\w/.test(after) ? `\${${name}}` : code;
}

/** Texts put together with `+`. */
function joined(site: ReplacedValue, literal: Literal, { before, after }: Piece, code: string): Edit {
  const parts = [before, after].map((text) => (text === '' ? '' : `${literal.quote}${text}${literal.quote}`));
  return over(literal, site, [parts[0], code, parts[1]].filter(Boolean).join(' + '));
}
