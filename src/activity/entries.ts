import * as v from 'valibot';

import { type ErrorCode, errorCodes } from '../base/errors';

/** What an entry can record. These words are stored on disk, so never change one. */
export const actions = [
  'sign-in',
  'sign-out',
  'create',
  'add-value',
  'set-variables',
  'use',
  'stop',
  'copy',
  'copy-config',
  'save-env',
  'github-secret',
  'terminal',
  'agent-terminal',
  'debug',
  'notebook',
  'session',
  'rotate',
  'delete',
  'refused',
  'forget',
] as const;

export type ActivityAction = (typeof actions)[number];

/** One entry of the activity log: what happened, and to which token. Never contains a token's value. */
export interface ActivityEntry {
  /** ISO 8601. */
  readonly time: string;
  readonly action: ActivityAction;
  readonly outcome: 'ok' | ErrorCode;
  readonly connectionId?: string;
  /** The project's label. */
  readonly connection?: string;
  readonly tokenId?: number;
  /** The token's name. */
  readonly token?: string;
  /** URI of the workspace folder, if the entry is about a single folder. */
  readonly folder?: string;
  /** Random ID of the secret storage that the entry is about, if VS Code runs in a browser. */
  readonly storage?: string;
  /** Number of that storage's last change. */
  readonly change?: number;
  /** The window that recorded the entry: workspace name and a random ID, which is new at each start. */
  readonly window: string;
}

/** Every line, newline included, is shorter than this many bytes. */
const maxLineBytes = 4096;

const activityRecord = v.object({
  time: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.check((time) => !Number.isNaN(Date.parse(time))),
  ),
  action: v.picklist(actions),
  outcome: v.picklist(['ok', ...errorCodes]),
  connectionId: v.optional(v.string()),
  connection: v.optional(v.string()),
  tokenId: v.optional(v.number()),
  token: v.optional(v.string()),
  folder: v.optional(v.string()),
  storage: v.optional(v.string()),
  change: v.optional(v.number()),
  window: v.string(),
});

/** Formats an entry as a line, newline included. Lists the fields one by one so no others get into the file. */
export function writeLine(entry: ActivityEntry): string {
  const lineWith = (longest: number) => {
    const cut = (text: string | undefined) => text?.slice(0, longest).replace(/\p{Cs}/gu, '');
    const line = {
      time: entry.time,
      action: entry.action,
      outcome: entry.outcome,
      connectionId: cut(entry.connectionId),
      connection: cut(entry.connection),
      tokenId: entry.tokenId,
      token: cut(entry.token),
      // Keeps the end, which names the folder. A remote URI's authority alone may have hundreds of characters.
      folder: entry.folder?.slice(-5 * longest).replace(/\p{Cs}/gu, ''),
      storage: entry.storage,
      change: entry.change,
      window: cut(entry.window),
    };
    return `${JSON.stringify(line)}\n`;
  };
  // The shorter limits are for names with characters that take up to six bytes each in JSON.
  const lines = [200, 100].map(lineWith);
  return lines.find((line) => new TextEncoder().encode(line).length < maxLineBytes) ?? lineWith(50);
}

/** Parses complete lines into entries, and skips lines that aren't valid entries. */
export function readLines(text: string): ActivityEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = v.safeParse(activityRecord, JSON.parse(line));
      return parsed.success ? [parsed.output] : [];
    } catch {
      return [];
    }
  });
}
