import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type * as vscode from 'vscode';

import { codeOf } from '../base/errors';
import { tokenKey, type TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import { ageInDays, day } from '../tir/token';

/** A token whose value is stored here, and that is old enough to be rotated. */
export interface DueToken extends TokenRef {
  readonly name: string;
  readonly age: number;
}

interface Answers {
  /** Milliseconds since 1970, by token. */
  readonly snoozedUntil: Readonly<Record<string, number>>;
  readonly never: readonly string[];
}

const key = 'reminders';
const snoozeDays = 7;

const markerFile = /^reminded-\d{4}-\d{2}-\d{2}$/;

/** Which tokens are due for a rotation, and whether somebody was reminded today. What people answered is in the editor's global state. */
export class Reminders {
  constructor(
    private readonly store: Store,
    private readonly state: vscode.Memento,
    /** Where all windows of this machine see that one of them has reminded. */
    private readonly storage: vscode.Uri,
    private readonly now: () => number,
  ) {}

  /** The oldest first. @param afterDays age from which on; 0: never */
  async due(afterDays: number): Promise<DueToken[]> {
    if (afterDays <= 0) {
      return [];
    }
    const { snoozedUntil, never } = this.#answers();
    const due: DueToken[] = [];
    for (const { id: connectionId } of await this.store.connections()) {
      for (const { id, name, created } of await this.store.storedTokens(connectionId)) {
        const ref = { connectionId, id };
        const age = ageInDays(created, this.now());
        const isAsleep = (snoozedUntil[tokenKey(ref)] ?? 0) > this.now() || never.includes(tokenKey(ref));
        if (age !== undefined && age >= afterDays && !isAsleep) {
          due.push({ ...ref, name, age });
        }
      }
    }
    return due.sort((a, b) => b.age - a.age);
  }

  /** Whether it is this window's turn today: of all windows that ask on one day, the first. */
  claimDailyReminder(): Promise<boolean> {
    return createMarker(this.storage.fsPath, `reminded-${dayName(new Date(this.now()))}`);
  }

  async snooze(ref: TokenRef): Promise<void> {
    const { snoozedUntil, never } = this.#answers();
    const until = this.now() + snoozeDays * day;
    await this.state.update(key, { snoozedUntil: { ...snoozedUntil, [tokenKey(ref)]: until }, never });
  }

  async never(ref: TokenRef): Promise<void> {
    const { snoozedUntil, never } = this.#answers();
    await this.state.update(key, { snoozedUntil, never: [...never, tokenKey(ref)] });
  }

  async forget(): Promise<void> {
    await this.state.update(key, undefined);
  }

  #answers(): Answers {
    return this.state.get<Answers>(key, { snoozedUntil: {}, never: [] });
  }
}

/** Makes the file of a day, and deletes those of other days. Resolves to false if another window made it first. */
async function createMarker(folder: string, today: string): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await (await open(join(folder, today), 'wx', 0o600)).close();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
  const old = (await readdir(folder)).filter((file) => markerFile.test(file) && file !== today);
  await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
  return true;
}

/** The local day, as people count days: `2026-03-31`. */
function dayName(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}
