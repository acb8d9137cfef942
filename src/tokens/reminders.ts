import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type * as vscode from 'vscode';

import { codeOf } from '../base/errors';
import { tokenKey, type TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import { ageInDays, day } from '../tir/times';

/** A token that is old enough to be rotated, and whose value is stored on this machine. */
export interface DueToken extends TokenRef {
  readonly name: string;
  /** Days. */
  readonly age: number;
}

interface Answers {
  /** Milliseconds since 1970, by {@link tokenKey}. */
  readonly snoozedUntil: Readonly<Record<string, number>>;
  readonly never: readonly string[];
}

const key = 'reminders';
const snoozeDays = 7;

const markerFile = /^reminded-\d{4}-\d{2}-\d{2}$/;

/** Finds the tokens that are due for rotation. VS Code's global state keeps how people answered the reminders. */
export class Reminders {
  constructor(
    private readonly store: Store,
    private readonly state: vscode.Memento,
    /** Folder shared by all windows on this machine. Contains the marker file of the last reminder. */
    private readonly storage: vscode.Uri,
    private readonly now: () => number,
  ) {}

  /** Returns the due tokens, oldest first. @param afterDays minimum age; 0 turns reminders off */
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

  /** Resolves to true only in the first window that calls it on a day. */
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

/** Creates today's marker file and deletes older ones. Resolves to false if another window created it first. */
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

/** Formats the day in local time: `2026-03-31`. */
function dayName(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}
