import * as v from 'valibot';

import { type ErrorCode, errorCodes } from '../base/errors';

/** What is written down. The words are kept on disk: change none. */
export const actions = [
  'sign-in',
  'sign-out',
  'create',
  'add-value',
  'use',
  'stop',
  'copy',
  'copy-config',
  'save-env',
  'github-secret',
  'terminal',
  'debug',
  'session',
  'rotate',
  'delete',
  'refused',
  'forget',
] as const;

export type ActivityAction = (typeof actions)[number];

/** What happened once, to which token. Holds no value. */
export interface ActivityEntry {
  /** ISO 8601 */
  readonly time: string;
  readonly action: ActivityAction;
  readonly outcome: 'ok' | ErrorCode;
  readonly connectionId?: string;
  /** The connection's label. */
  readonly connection?: string;
  readonly tokenId?: number;
  /** The token's name. */
  readonly token?: string;
  /** URI of the workspace folder, where a use is of one folder alone. */
  readonly folder?: string;
  /** Which window did it. */
  readonly window: string;
}

/** Bytes that a line stays below, its newline included. */
const longestLine = 4096;

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
  window: v.string(),
});

/** The entry as a line, its newline included. Takes the fields one by one, so that no other gets into the file. */
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
      // Its end says which one it is; the authority of a remote one alone may have hundreds of characters.
      folder: entry.folder?.slice(-5 * longest).replace(/\p{Cs}/gu, ''),
      window: cut(entry.window),
    };
    return `${JSON.stringify(line)}\n`;
  };
  // The shorter ones are for names of characters that take up to six bytes.
  const lines = [200, 100].map(lineWith);
  return lines.find((line) => new TextEncoder().encode(line).length < longestLine) ?? lineWith(50);
}

/** The entries in whole lines; those that are not understood are left out. */
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
