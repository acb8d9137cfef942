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
import type { Edit, Replacement, Site } from './replacement';

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

/**
 * Returns what replaces a value in one of VS Code's JSON files. Returns undefined in other files, where nothing sets the
 * variable, or if the file can't be edited for certain.
 */
export function replacementInVscodeFile(site: Site): Replacement | undefined {
  const kind = kinds.find(([path]) => path.test(site.path))?.[1];
  const file = kind && new VscodeFile(site);
  const path = file?.entry && getNodePath(file.entry);
  const place = path?.slice(0, -1).join('/') ?? '';
  if (!kind || !file?.entry || !path) {
    return undefined;
  }
  if (kind.asks?.test(path.join('/'))) {
    return file.replacement(...file.askFor(site));
  }
  if (path.at(-1) !== site.name || file.entry.length !== site.end - site.start + 2) {
    return undefined;
  }
  if (kind.launch?.test(place)) {
    const configuration = path.slice(0, -2);
    return getsToken(file.valueAt(configuration))
      ? file.replacement('"tir": true', [...file.modify([...configuration, 'tir'], true), ...file.remove(file.entry)])
      : undefined;
  }
  return kind.terminals?.test(place) && settings.terminalsGetToken()
    ? file.replacement('', file.remove(file.entry))
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
  readonly #tree: Node | undefined;

  constructor({ text, start }: Site) {
    this.#text = text;
    this.#offset = start;
    this.#tree = parseTree(text, [], { allowTrailingComma: true });
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
  askFor({ end, start, name }: Site): [code: string, edits: TextEdit[]] {
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
    const lineStart = this.#text.lastIndexOf('\n', property.offset - 1) + 1;
    const lineBreak = this.#text.indexOf('\n', end);
    const lineEnd = lineBreak < 0 ? this.#text.length : lineBreak + 1;
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
    return errors.length > 0 ? undefined : { code, edits: edits.map(toEdit) };
  }
}

function toEdit({ offset, length, content }: TextEdit): Edit {
  return { start: offset, end: offset + length, text: content.replace(/^,(?=\S)/, ', ') };
}
