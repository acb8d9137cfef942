import type { ActivityEntry } from './entries';

/** Characters to which a column grows; a longer cell pushes the rest of its own line. */
const widest = 40;

/** What the columns are called. */
export type Header = readonly [
  time: string,
  action: string,
  outcome: string,
  token: string,
  connection: string,
  folder: string,
  window: string,
];

/**
 * The entries as a page to read: a header, and a line each, newest first, in columns.
 * @param filter words, all of which a line must have, in any case; an empty one keeps all
 */
export function activityLines(entries: readonly ActivityEntry[], filter: string, header: Header): string {
  const newestFirst = entries.toReversed().sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
  const words = filter.toLowerCase().split(/\s+/u);
  const rows = newestFirst.map(cellsOf).filter((cells) => {
    const text = cells.join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const table = [header, ...rows];
  const widths = header.map((_, column) =>
    table.reduce((most, row) => Math.min(widest, Math.max(most, width(row[column] ?? ''))), 0),
  );
  const lines = table.map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
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

/** The entries in the order given, as CSV (RFC 4180) with a header; safe to open in a spreadsheet. */
export function activityCsv(entries: readonly ActivityEntry[]): string {
  const rows = entries.map((entry) => fields.map((field) => csvCell(String(entry[field] ?? ''))));
  return [fields, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function csvCell(text: string): string {
  // A spreadsheet would run such a cell as a formula, and people choose names.
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

function cellsOf(entry: ActivityEntry): string[] {
  const id = entry.tokenId === undefined ? '' : `(${entry.tokenId})`;
  return [
    localTime(entry.time),
    entry.action,
    entry.outcome,
    `${entry.token ?? ''} ${id}`.trim(),
    entry.connection ?? '',
    lastPart(entry.folder ?? ''),
    entry.window,
  ].map(oneLine);
}

/** `YYYY-MM-DD HH:MM:SS` where the reader is. */
function localTime(time: string): string {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** `my app` of `file:///home/me/my%20app`; the whole text where it has no parts. */
function lastPart(uri: string): string {
  const path = uri.replace(/^[a-z][a-z\d+.-]*:(\/\/[^/]*)?/i, '');
  const part = path.split('/').findLast((candidate) => candidate !== '') ?? path;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Without what would break the line, hide in it or turn its direction. */
function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** In characters, not UTF-16 units. */
function width(text: string): number {
  return Array.from(text).length;
}

function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}
