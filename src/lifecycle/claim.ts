import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf } from '../tir/errors';
import type { Storage } from './files';

const mark = /^reminded-\d{4}-\d{2}-\d{2}$/;

/** Makes a mark of the day on which somebody is reminded, for all windows of this machine. Resolves to false where one of them had made it. */
export async function claim({ fsPath: folder }: Storage, day: string): Promise<boolean> {
  const today = `reminded-${day}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await (await open(join(folder, today), 'wx', 0o600)).close();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
  const old = (await readdir(folder)).filter((file) => mark.test(file) && file !== today);
  await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
  return true;
}
