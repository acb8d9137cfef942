import type { ActivityEntry } from './entries';

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
