import type { ActivityEntry } from './entries';

/** Maximum width of a column, in characters. A longer cell shifts the rest of its line. */
const maxColumnWidth = 40;

/** Column titles. */
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
 * Formats entries as aligned columns: a header, then one line per entry, newest first.
 * @param filter words that a line must all contain, ignoring case; an empty filter keeps every line
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
    table.reduce((most, row) => Math.min(maxColumnWidth, Math.max(most, width(row[column] ?? ''))), 0),
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

/** Formats a time as `YYYY-MM-DD HH:MM:SS` in the local time zone. */
function localTime(time: string): string {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** Returns a URI's last path segment, or its path if it has none: `my app` for `file:///home/me/my%20app`. */
function lastPart(uri: string): string {
  const path = uri.replace(/^[a-z][a-z\d+.-]*:(\/\/[^/]*)?/i, '');
  const part = path.split('/').findLast((candidate) => candidate !== '') ?? path;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Replaces line breaks, invisible characters and text direction controls with spaces. */
function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** Counts characters, not UTF-16 code units. */
function width(text: string): number {
  return Array.from(text).length;
}

function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}
