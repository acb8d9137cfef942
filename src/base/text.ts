import * as vscode from 'vscode';

/**
 * Breaks up VS Code's markup: it turns `$(name)` into an icon in lists and the status bar, and `[text](url)` into a
 * link in notifications. All names and messages from the API go through {@link plain} or `sentence` in `errorSentences.ts`.
 */
export function withoutMarkup(text: string): string {
  return text.replaceAll('$(', '$ (').replaceAll('](', '] (');
}

/** Cleans a name from the API for display: one line of at most 80 characters, without markup or control characters. */
export function plain(text: string): string {
  const line = withoutMarkup(text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')).trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** Cached, because creating one takes longer than everything else a tree row needs. */
let days: Intl.DateTimeFormat | undefined;

/** Formats a date in VS Code's display language. @param time milliseconds since 1970 */
export function dateText(time: number): string {
  days ??= new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'medium' });
  return days.format(time);
}
