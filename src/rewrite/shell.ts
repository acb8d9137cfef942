import { commandAround, type Edit, lineEnd, lineStart, type Replacement, type Site } from './replacement';
import { shellPlace } from './shellText';

/**
 * Reads a value from a variable in a shell script. Returns undefined where the code isn't certain to be right.
 * @param from where the script begins in the text @param to where it ends
 */
export function replaceInShell(site: Site, from = 0, to = site.text.length): Replacement | undefined {
  const script = site.text.slice(from, to);
  const [start, end] = [site.start - from, site.end - from];
  const { name } = site;
  const place = shellPlace(script, start, end);
  if (!place || place.kind === 'comment' || place.kind === 'literal') {
    return undefined;
  }
  const ifUnset = `\${${name}:-`;
  const isDefault = script.slice(0, start).endsWith(ifUnset) && script.charAt(end) === '}';
  // A backslash or a dollar sign would be read together with the code.
  const isJoined = ['code', 'double', 'heredoc'].includes(place.kind) && /[\\$]/.test(script.charAt(start - 1));
  if (isJoined || setsElsewhere(script, name, isDefault ? start - ifUnset.length : start)) {
    return undefined;
  }
  const moved = (edits: readonly Edit[]) =>
    edits.map((edit) => ({ ...edit, start: edit.start + from, end: edit.end + from }));
  const next = script.charAt(end);
  // In zsh, brackets choose characters, and a colon begins a modifier.
  const variable = /[\w:[]/.test(next) ? `\${${name}}` : `$${name}`;
  const quotes = place.kind === 'code' || place.kind === 'heredoc' ? 0 : 1;
  const isWhole = place.kind !== 'heredoc' && place.start === start && place.end === end;
  const word = { start: place.start - quotes - (place.kind === 'ansi' ? 1 : 0), end: place.end + quotes };
  if (isDefault) {
    return { code: `\${${name}:?}`, edits: moved([{ start: start - 2, end, text: ':?' }]) };
  }
  if (isWhole && script.slice(0, word.start).endsWith(`${name}=`)) {
    const itself = setToItself(script, name, word.start - name.length - 1, word.end);
    return itself && { ...itself, edits: moved(itself.edits) };
  }
  const replaced = (edit: Edit) => ({ code: variable, edits: moved([edit]) });
  switch (place.kind) {
    case 'code':
      return replaced({ start, end, text: `"${variable}"` });
    case 'double':
    case 'heredoc':
      return replaced({ start, end, text: variable });
    case 'single': {
      const [before, after] = [script.slice(place.start, start), script.slice(end, place.end)];
      return /["$`\\!]/.test(before + after)
        ? replaced({ start, end, text: `'"$${name}"'` })
        : replaced({ ...word, text: `"${before}${variable}${after}"` });
    }
    case 'ansi':
      return replaced({ start, end, text: `'"$${name}"$'` });
  }
}

/** Returns whether the script gives the variable another value than the one that begins at `start`. */
function setsElsewhere(script: string, name: string, start: number): boolean {
  const sets = new RegExp(
    String.raw`(?:^|[;&|({]|\b(?:then|do|else|export))[ \t]*${name}\+?=["']?|\b(?:unset|local|read|declare|typeset)\b[^\n;&|]*\b${name}\b`,
    'gm',
  );
  return [...script.matchAll(sets)].some(({ 0: found, index }) => index + found.length !== start);
}

/** Returns what stands before a place in its command. */
function commandBefore(script: string, at: number): string {
  const before = script.slice(commandAround(script, at)[0], at).replaceAll('\\\n', ' ');
  return before.split(/[;&|({]/).at(-1) ?? '';
}

/** Replaces `NAME=value`, where `NAME="$NAME"` would say nothing. @param at where the name begins @param end of the value */
function setToItself(script: string, name: string, at: number, end: number): Replacement | undefined {
  const command = commandBefore(script, at);
  const rest = script.slice(end, lineEnd(script, end));
  if (
    /^\s*(?:(?:then|do|else)\s+)?(?:export\s+|(?:docker|podman|nerdctl)\s.*\s(?:(?:-e|--env)\s+|--env=))$/.test(command)
  ) {
    return /^(?:\s|[;&|)}]|$)/.test(rest)
      ? { code: name, edits: [{ start: at + name.length, end, text: '' }] }
      : undefined;
  }
  // The shell replaces an argument's variables before the command runs, and those of an array's elements.
  if (!/^\s*(?:(?:then|do|else|env)\s+)?$/.test(command) || /=\([^()]*$/.test(script.slice(0, at))) {
    const code = `$${name}`;
    return { code, edits: [{ start: at + name.length + 1, end, text: `"${code}"` }] };
  }
  // `NAME=value command`: the terminal already sets the variable for the command.
  if (/^[ \t]+[^\s;&|#)}]/.test(rest) && !/^\s*\\$/.test(rest)) {
    const spaces = /^[ \t]+/.exec(rest)?.[0].length ?? 0;
    return { code: `$${name}`, edits: [{ start: at, end: end + spaces, text: '' }] };
  }
  const code = `"\${${name}:?}"`;
  return /^\s*(?:[;&|#)}]|$)/.test(rest) ? { code, edits: [{ start: at, end, text: `: ${code}` }] } : undefined;
}

/** Reads a value from a variable in a `.env` file, whose readers replace variables outside of single quotes. */
export function replaceInDotenv(site: Site, terminalsSet: boolean): Replacement | undefined {
  const { text, name } = site;
  const start = lineStart(text, site.start);
  const end = Math.min(lineEnd(text, site.end) + 1, text.length);
  const line = text.slice(start, end).trimEnd();
  const [, head = '', key = '', quote = ''] = /^(\s*(?:export\s+)?([\w.-]+)\s*=\s*)(["'`]?)/.exec(line) ?? [];
  const valueStart = start + head.length + quote.length;
  if (key === '' || site.start < valueStart) {
    return undefined;
  }
  const valueEnd = quote === '' ? start + line.length : text.indexOf(quote, site.end);
  const isClosed = quote === '' || /^\s*(?:#.*)?$/.test(line.slice(valueEnd - start + 1));
  if (valueEnd < site.end || valueEnd > start + line.length || !isClosed || isInQuotes(text.slice(0, start))) {
    return undefined;
  }
  if (key === name) {
    const isWhole =
      site.start === valueStart && /^(?:["'`]|\s+#.*|)$/.test(text.slice(site.end, valueEnd + quote.length));
    return isWhole && terminalsSet ? { code: '', edits: [{ start, end, text: '' }] } : undefined;
  }
  const code = `\${${name}}`;
  const [before, after] = [text.slice(valueStart, site.start), text.slice(site.end, valueEnd)];
  if (quote === '' || quote === '"') {
    return /(?:^|\s)#/.test(before) ? undefined : { code, edits: [{ start: site.start, end: site.end, text: code }] };
  }
  return /["$\\`]/.test(before + after)
    ? undefined
    : { code, edits: [{ start: valueStart - 1, end: valueEnd + 1, text: `"${before}${code}${after}"` }] };
}

/** Returns whether a value in quotes that began above hasn't ended. */
function isInQuotes(above: string): boolean {
  let open = '';
  for (const line of above.split('\n')) {
    const [, begin = '', rest = ''] = /^\s*(?:export\s+)?[\w.-]+\s*=\s*(["'`])(.*)$/.exec(line) ?? [];
    if (open === '') {
      open = begin !== '' && !rest.includes(begin) ? begin : '';
    } else if (line.includes(open)) {
      open = '';
    }
  }
  return open !== '';
}
