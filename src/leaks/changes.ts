import { surroundings } from './patterns';
import type { Finding } from './scan';

/** Lines, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** What is known of a document, and which of its lines are still to be looked at. */
export interface Scanned {
  readonly findings: readonly Finding[];
  readonly pending: LineRange | undefined;
}

/**
 * After lines were replaced by others: what was found below them moves along, and they are to be looked at again,
 * together with those whose surroundings they are.
 * @param replaced the lines before the change
 * @param added how many line breaks the new text has
 */
export function afterChange({ findings, pending }: Scanned, { first, last }: LineRange, added: number): Scanned {
  const delta = added - (last - first);
  const moved = findings.flatMap((finding) => {
    if (finding.line < first) {
      return [finding];
    }
    return finding.line > last ? [{ ...finding, line: finding.line + delta }] : [];
  });
  const changed = { first: Math.max(0, first - surroundings), last: first + added + surroundings };
  if (!pending) {
    return { findings: moved, pending: changed };
  }
  const move = (line: number) => (line > last ? line + delta : Math.min(line, first + added));
  return {
    findings: moved,
    pending: {
      first: Math.min(changed.first, move(pending.first)),
      last: Math.max(changed.last, move(pending.last)),
    },
  };
}

/** After lines were looked at. */
export function afterScan({ findings, pending }: Scanned, seen: LineRange, found: readonly Finding[]): Scanned {
  const rest = pending && pending.last > seen.last ? { first: seen.last + 1, last: pending.last } : undefined;
  const others = findings.filter(({ line }) => line < seen.first || line > seen.last);
  return { findings: [...others, ...found].sort((a, b) => a.line - b.line || a.start - b.start), pending: rest };
}
