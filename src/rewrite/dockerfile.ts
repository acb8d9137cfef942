import type { Replacement, Site } from './replacement';
import { replaceInShell } from './shell';

/** Replaces the value in a Dockerfile; returns undefined where the code isn't certain to be right. */
export function replaceInDockerfile(site: Site): Replacement | undefined {
  const instruction = instructionAt(site);
  // On Windows, another shell reads variables.
  if (!instruction || /^[ \t]*(?:SHELL|#[ \t]*escape)\b/im.test(site.text)) {
    return undefined;
  }
  const { start, end } = instruction;
  const text = site.text.slice(start, end);
  const [, head = '', word = '', flags = ''] = /^(\s*(\w+)\s+)((?:--\S+\s+)*)/.exec(text) ?? [];
  const command = start + head.length + flags.length;
  switch (word.toUpperCase()) {
    case 'ENV':
    case 'ARG':
      return setInImage(site, start, text);
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT': {
      // No shell runs a list, and a here-document has another shell.
      const isShell = !/^\s*\[/.test(site.text.slice(command, end)) && !text.includes('<<');
      const replaced = isShell ? replaceInShell(withoutComments(site, start, end), command, end) : undefined;
      return replaced && word.toUpperCase() === 'RUN'
        ? withSecret(site, start + head.trimEnd().length, flags, replaced)
        : replaced;
    }
    default:
      return undefined;
  }
}

/** Finds the instruction around the value. Returns undefined in comments, and in here-documents. */
function instructionAt({ text, start: at }: Site): { readonly start: number; readonly end: number } | undefined {
  let start = 0;
  let isContinued = false;
  let word: string | undefined;
  for (const { 0: line, index } of text.matchAll(/[^\n]*(?:\n|$)/g)) {
    const end = index + line.length;
    const isComment = /^\s*#/.test(line);
    if (word !== undefined) {
      word = line.trim() === word ? undefined : word;
      if (end > at) {
        return undefined;
      }
      continue;
    }
    if (isComment || (isContinued && line.trim() === '')) {
      if (end > at) {
        return undefined;
      }
      continue;
    }
    start = isContinued ? start : index;
    isContinued = /\\\s*$/.test(line);
    if (end > at) {
      return { start, end: endOf(text, end, isContinued) };
    }
    word = isContinued ? undefined : /<<-?\s*["']?(\w+)/.exec(text.slice(start, end))?.[1];
  }
  return undefined;
}

function endOf(text: string, from: number, isContinued: boolean): number {
  if (!isContinued) {
    return from;
  }
  const rest = /^(?:[^\n]*\\[ \t\r]*\n|[ \t]*#[^\n]*\n|[ \t\r]*\n)*[^\n]*(?:\n|$)/.exec(text.slice(from))?.[0] ?? '';
  return from + rest.length;
}

/** Turns comments between the lines of an instruction, which Docker removes, into spaces. */
function withoutComments(site: Site, start: number, end: number): Site {
  const plain = site.text.slice(start, end).replace(/^[ \t]*#[^\n]*/gm, (comment) => ' '.repeat(comment.length));
  return { ...site, text: site.text.slice(0, start) + plain + site.text.slice(end) };
}

/** ENV and ARG values stay in the image, where anyone can read them: the variable is set when a container starts. */
function setInImage({ name, ...site }: Site, start: number, text: string): Replacement | undefined {
  const [, head = '', quote = ''] =
    new RegExp(String.raw`^(\s*(?:ENV|ARG)\s+${name}(?:=|\s+))(["']?)`, 'i').exec(text) ?? [];
  const valueStart = start + head.length + quote.length;
  const rest = site.text.slice(site.end, start + text.length).trim();
  const isUsed = new RegExp(String.raw`\$\{?${name}\b`).test(site.text);
  if (head === '' || valueStart !== site.start || rest !== quote || isUsed) {
    return undefined;
  }
  const code = `# docker run --env ${name}`;
  return { code, edits: [{ start, end: start + text.trimEnd().length, text: code }] };
}

/** Mounts the variable as a build secret for the instruction, so no layer of the image contains it. */
function withSecret({ name }: Site, at: number, flags: string, replaced: Replacement): Replacement | undefined {
  const mount = { start: at, end: at, text: ` --mount=type=secret,id=${name},env=${name},required=true` };
  const mounted = flags.split(/\s+/).find((flag) => new RegExp(`[=,]id=${name}(?:,|$)`).test(flag));
  if (mounted === undefined) {
    return { ...replaced, edits: [mount, ...replaced.edits] };
  }
  return new RegExp(`,env=${name}(?:,|$)`).test(mounted) ? replaced : undefined;
}
