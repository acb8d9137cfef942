import { l10n } from 'vscode';

import { aligned, lastPart, oneLine, shortened } from './columns';
import type { ActivityEntry } from './entries';
import { actionWords, failureWords, reasonWords } from './words';

/** Maximum width of a name, in characters, so that a line of English fits into about 90. */
const maxName = 20;

interface View {
  /** Words that an entry must all have at the beginning of a word, ignoring case. */
  readonly filter: string;
  /** VS Code's display language. */
  readonly language: string;
  readonly now: Date;
}

/** A line of the page. */
interface Row {
  readonly heading: string;
  readonly cells: readonly string[];
}

/** Formats entries as the page's text: newest first, under a heading for each day, in aligned columns. */
export function activityText(entries: readonly ActivityEntry[], { filter, language, now }: View): string {
  const times = new Map(entries.map((entry) => [entry, new Date(entry.time)]));
  const timeOf = (entry: ActivityEntry) => times.get(entry) ?? now;
  const newestFirst = entries.toReversed().sort((a, b) => timeOf(b).getTime() - timeOf(a).getTime());
  const headingOf = dayHeadings(language, now);
  const matches = matcher(filter);
  // A column that's the same in each line would only push the token out of a narrow editor.
  // A failed sign-in has no ID, and projects may share a label.
  const [ids, labels] = [
    entries.flatMap(({ connectionId }) => connectionId ?? []),
    entries.flatMap((one) => one.connection ?? []),
  ];
  const withProject = new Set(ids).size > 1 || new Set(labels).size > 1;
  // Once for each label: there are few of them, and many entries.
  const projects = new Map(
    withProject ? [...new Set(labels)].map((one) => [one, shortened(oneLine(one), maxName)]) : [],
  );
  const projectOf = ({ connection = '' }: ActivityEntry) => projects.get(connection) ?? '';
  const tokenText = tokenTexts(entries, projectOf);
  const [actions, failures, reasons] = [actionWords(), failureWords(), reasonWords()];

  const rows: Row[] = [];
  for (const entry of newestFirst) {
    const time = timeOf(entry);
    const heading = headingOf(time);
    const failure = entry.outcome === 'ok' ? undefined : reasons[entry.outcome];
    const action = (failure !== undefined && failures[entry.action]) || actions[entry.action];
    const project = oneLine(entry.connection ?? '');
    const folder = oneLine(lastPart(entry.folder ?? ''));
    const { tokenId: id = '', token = '' } = entry;
    const codes = [entry.action, entry.outcome, failure === undefined ? '' : 'failed', isoDay(time)];
    if (matches([...codes, heading, clock(time), action, project, oneLine(token), id, failure, folder].join('\n'))) {
      const place = folder && l10n.t('in {0}', shortened(folder, maxName));
      rows.push({
        heading,
        cells: [
          // A sign that every monospaced font has in the width of a letter. The action says the same in words.
          `${clock(time)} ${failure === undefined ? ' ' : '×'} ${action}`,
          ...(withProject ? [projectOf(entry)] : []),
          tokenText(entry),
          [failure, place].filter(Boolean).join(', '),
        ],
      });
    }
  }
  const filtered =
    filter && `${l10n.t('Filtered by: {0}. Entries: {1} of {2}.', oneLine(filter), rows.length, entries.length)}\n`;
  const empty = entries.length === 0 && !filter ? `${l10n.t('Nothing is recorded yet.')}\n` : '';
  return [filtered, empty, ...days(rows)].filter(Boolean).join('\n');
}

/** Formats rows as one text per day. */
function days(rows: readonly Row[]): string[] {
  const lines = aligned(rows.map(({ cells }) => cells));
  const texts = new Map<string, string>();
  for (const [index, { heading }] of rows.entries()) {
    texts.set(heading, `${texts.get(heading) ?? `${heading}\n`}  ${lines[index]}\n`);
  }
  return [...texts.values()];
}

/** Returns a function that formats a time's day, which is quick if the same day comes again. */
function dayHeadings(language: string, now: Date): (time: Date) => string {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const long = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
  const full = new Intl.DateTimeFormat(language, { dateStyle: 'full' });
  const headings = new Map([
    [isoDay(now), l10n.t('Today, {0}', long.format(now))],
    [isoDay(yesterday), l10n.t('Yesterday, {0}', long.format(yesterday))],
  ]);
  return (time) => {
    const day = isoDay(time);
    const heading = headings.get(day) ?? full.format(time);
    headings.set(day, heading);
    return heading;
  };
}

/**
 * Returns a function that names an entry's token. It has its ID only if another token looks the same beside the text of
 * its project.
 */
function tokenTexts(
  entries: readonly ActivityEntry[],
  projectOf: (entry: ActivityEntry) => string,
): (entry: ActivityEntry) => string {
  const nameOf = ({ token = '' }: ActivityEntry) => shortened(oneLine(token), maxName);
  const keyOf = (entry: ActivityEntry) => JSON.stringify([projectOf(entry), nameOf(entry)]);
  const ids = new Map<string, Set<number>>();
  for (const entry of entries) {
    if (entry.tokenId !== undefined) {
      const key = keyOf(entry);
      ids.set(key, (ids.get(key) ?? new Set()).add(entry.tokenId));
    }
  }
  return (entry) => {
    const { tokenId, token } = entry;
    if (token === undefined) {
      return tokenId === undefined ? '' : l10n.t('ID {0}', tokenId);
    }
    const isShared = (ids.get(keyOf(entry))?.size ?? 0) > 1;
    const id = isShared && tokenId !== undefined ? ` (${tokenId})` : '';
    return shortened(oneLine(token), maxName - id.length) + id;
  };
}

/**
 * Returns a function that tells whether each word of the filter begins a word of a text: "laptop" is in "dev-laptop",
 * and "use" isn't in "refused". Scripts without spaces are searched for the word anywhere.
 */
function matcher(filter: string): (text: string) => boolean {
  const patterns = oneLine(filter)
    .split(/\s+/u)
    .filter(Boolean)
    .map((word) => {
      const begin = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u.test(word)
        ? ''
        : '(?<![\\p{L}\\p{M}\\p{N}])';
      // Without escapes that the flag `u` forbids.
      return new RegExp(begin + word.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&'), 'iu');
    });
  return (text) => patterns.every((pattern) => pattern.test(text));
}

function isoDay(time: Date): string {
  return [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
}

function clock(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}

const fields = [
  'time',
  'action',
  'outcome',
  'connectionId',
  'connection',
  'tokenId',
  'token',
  'folder',
  'window',
] as const satisfies readonly (keyof ActivityEntry)[];

/** Formats entries, in the given order, as CSV (RFC 4180) with a header. Safe to open in a spreadsheet. */
export function activityCsv(entries: readonly ActivityEntry[]): string {
  const rows = entries.map((entry) => fields.map((field) => csvCell(String(entry[field] ?? ''))));
  return [fields, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function csvCell(text: string): string {
  // A spreadsheet would run such a cell as a formula, and anyone can choose a token's name.
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
