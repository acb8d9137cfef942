import {
  applyEdits,
  createScanner,
  type Edit as TextEdit,
  findNodeAtLocation,
  findNodeAtOffset,
  getNodePath,
  getNodeValue,
  modify,
  type Node,
  parse,
  type ParseError,
  parseTree,
} from 'jsonc-parser';

import { settings } from '../base/settings';
import { type Configuration, variablesSource, wantsToken } from '../terminals/debuggers';
import { allLines, type Edit, type ReplacedValue, type Replacement } from './imports';

/*
 * Values in VS Code's own JSON files. There, `${env:NAME}` and `${localEnv:NAME}` don't work: VS Code resolves them from
 * its own environment, not from a terminal's, and makes an empty text of a missing variable
 * (https://code.visualstudio.com/docs/reference/variables-reference).
 */

interface Kind {
  /** Where launches have their variables. */
  readonly launch?: RegExp;
  /** Where terminals and tasks have their variables: with a token in use, they have it without an entry there. */
  readonly terminals?: RegExp;
  /** Where `${input:…}` is resolved. */
  readonly asks?: RegExp;
}

const launch = /^(?:launch\/)?configurations\/\d+\/env$/;
const options = String.raw`(?:tasks/\d+/)?(?:(?:linux|osx|windows)/)?options/env`;
const terminalEnv = String.raw`terminal\.integrated\.env\.(?:linux|osx|windows)`;
/** Matches a file of a workspace's or the person's settings. */
const settingsFile = (name: string) =>
  new RegExp(String.raw`(?:(?:^|/)\.vscode/|/User/(?:profiles/[^/]+/)?)${name}\.json$`);
const kinds: readonly (readonly [path: RegExp, Kind])[] = [
  [/(?:^|\/)\.vscode\/launch\.json$/, { launch }],
  [settingsFile('tasks'), { terminals: new RegExp(`^${options}$`) }],
  [settingsFile('mcp'), { asks: /^servers\// }],
  [settingsFile('settings'), { launch, terminals: new RegExp(`^${terminalEnv}$`) }],
  [/(?:^|\/)\.?devcontainer\.json$/, { terminals: /^remoteEnv$/ }],
  [/\.code-workspace$/, { launch, terminals: new RegExp(`^(?:tasks/${options}|settings/${terminalEnv})$`) }],
];

/** Returns what replaces a value in one of VS Code's JSON files; undefined if the file isn't one. */
export function replacementInVscodeFile(site: ReplacedValue): Replacement | undefined {
  const kind = kinds.find(([path]) => path.test(site.path))?.[1];
  return kind && (replacementInEntry(site, kind) ?? placeholder(site));
}

function placeholder({ line, start, end, name }: ReplacedValue): Replacement {
  const code = `<${name}>`;
  return { code, edits: [{ line, start, end, text: code }] };
}

/** Returns undefined where nothing sets the variable, or the file can't be edited for certain. */
function replacementInEntry(site: ReplacedValue, kind: Kind): Replacement | undefined {
  const file = new VscodeFile(site);
  const { entry } = file;
  const path = entry && getNodePath(entry);
  const place = path?.slice(0, -1).join('/') ?? '';
  if (!entry || !path) {
    return undefined;
  }
  if (kind.asks?.test(path.join('/'))) {
    return file.replacement(...file.askFor(site));
  }
  if (path.at(-1) !== site.name || entry.length !== site.end - site.start + 2) {
    return undefined;
  }
  if (kind.launch?.test(place)) {
    const configuration = path.slice(0, -2);
    return getsToken(file.valueAt(configuration))
      ? file.replacement('"tir": true', [...file.modify([...configuration, 'tir'], true), ...file.remove(entry)])
      : undefined;
  }
  return kind.terminals?.test(place) && settings.terminalsGetToken()
    ? file.replacement('', file.remove(entry))
    : undefined;
}

/** Tells whether a launch gets the token with `"tir": true`. */
function getsToken(launch: unknown): boolean {
  const configuration: Configuration = { ...(launch as Configuration), tir: true };
  try {
    // Throws an error if it can't have the token.
    variablesSource(configuration, '', settings.terminalsGetToken());
    return wantsToken(configuration, false);
  } catch {
    return false;
  }
}

/** The JSON file, with comments, that a value is in. */
class VscodeFile {
  readonly #text: string;
  readonly #offset: number;
  readonly #starts: readonly number[];
  readonly #tree: Node | undefined;

  constructor(site: ReplacedValue) {
    const texts = allLines(site.lines);
    this.#text = texts.join('\n');
    let at = 0;
    this.#starts = texts.map((text) => (at += text.length + 1) - text.length - 1);
    this.#offset = (this.#starts[site.line] ?? 0) + site.start;
    this.#tree = parseTree(this.#text, [], { allowTrailingComma: true });
  }

  /** The text that the value is in; undefined in a comment or a name, or if there are two of that name. */
  get entry(): Node | undefined {
    const node = this.#tree && findNodeAtOffset(this.#tree, this.#offset);
    const isFound = node?.type === 'string' && this.#tree && findNodeAtLocation(this.#tree, getNodePath(node)) === node;
    return isFound === true ? node : undefined;
  }

  valueAt(path: readonly (string | number)[]): unknown {
    const node = this.#tree && findNodeAtLocation(this.#tree, [...path]);
    return node && (getNodeValue(node) as unknown);
  }

  /** Not formatted, since that would change more of the file, and several edits of it couldn't be combined. */
  modify(path: readonly (string | number)[], value: unknown): TextEdit[] {
    return this.valueAt(path) === value
      ? []
      : modify(this.#text, [...path], value, { isArrayInsertion: path.at(-1) === -1 });
  }

  /** Has VS Code ask for the value once, which it then keeps encrypted. Another value has another question. */
  askFor({ end, start, name }: ReplacedValue): [code: string, edits: TextEdit[]] {
    const [first, description] =
      name === 'TIR_API_TOKEN' ? ['tir-token', 'TIR API token'] : ['tir-api-key', 'TIR API key'];
    const inputs = this.valueAt(['inputs']);
    const isUsable = inputs === undefined || Array.isArray(inputs);
    const ids = (Array.isArray(inputs) ? inputs : []).map((input) => (input as { id?: unknown } | null)?.id);
    let id = first;
    for (let number = 2; ids.includes(id); number++) {
      id = `${first}-${number}`;
    }
    const code = `\${input:${id}}`;
    const input = { type: 'promptString', id, description, password: true };
    const value = { offset: this.#offset, length: end - start, content: code };
    // Anything else than a list isn't replaced, since something else may read it.
    return [code, isUsable ? [value, ...this.modify(['inputs', -1], input)] : []];
  }

  /** Removes a property with one comma, and its line if nothing else is there. Comments stay. */
  remove({ parent: property }: Node): TextEdit[] {
    if (!property) {
      return [];
    }
    const siblings = property.parent?.children ?? [];
    const before = siblings[siblings.indexOf(property) - 1];
    const end = property.offset + property.length;
    const next = this.#commaAfter(end);
    const comma = next === undefined ? before && this.#commaAfter(before.offset + before.length) : next;
    const line = this.#at(property.offset).line;
    const lineStart = this.#starts[line] ?? 0;
    const lineEnd = this.#starts[line + 1] ?? this.#text.length;
    const [from, to] = [property.offset, comma === end ? end + 1 : end];
    const isAlone = (this.#text.slice(lineStart, from) + this.#text.slice(to, lineEnd)).trim() === '';
    const removed =
      isAlone && to <= lineEnd
        ? { offset: lineStart, length: lineEnd - lineStart, content: '' }
        : { offset: from, length: to - from, content: '' };
    return [removed, ...(comma === undefined || comma === end ? [] : [{ offset: comma, length: 1, content: '' }])];
  }

  /** Returns where the comma after a value is. */
  #commaAfter(offset: number): number | undefined {
    const scanner = createScanner(this.#text, true);
    scanner.setPosition(offset);
    scanner.scan();
    const found = scanner.getTokenOffset();
    return this.#text[found] === ',' ? found : undefined;
  }

  /** Returns a replacement; undefined unless the file can be read after it. */
  replacement(code: string, edits: readonly TextEdit[]): Replacement | undefined {
    if (edits.length === 0) {
      return undefined;
    }
    const errors: ParseError[] = [];
    parse(applyEdits(this.#text, [...edits]), errors, { allowTrailingComma: true });
    return errors.length > 0 ? undefined : { code, edits: edits.map((edit) => this.#toEdit(edit)) };
  }

  #toEdit({ offset, length, content }: TextEdit): Edit {
    const [from, to] = [this.#at(offset), this.#at(offset + length)];
    const text = content.replace(/^,(?=\S)/, ', ');
    return { line: from.line, start: from.column, endLine: to.line, end: to.column, text };
  }

  #at(offset: number): { readonly line: number; readonly column: number } {
    const line = this.#starts.findLastIndex((start) => start <= offset);
    return { line, column: offset - (this.#starts[line] ?? 0) };
  }
}
