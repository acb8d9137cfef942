import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf, type Storage } from './files';

/** Makes a mark of the day that all windows of this machine see. Resolves to false where one of them had made it. */
export async function claim({ fsPath: folder }: Storage, name: string, day: string): Promise<boolean> {
  const today = `${name}-${day}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await (await open(join(folder, today), 'wx', 0o600)).close();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
  const old = (await readdir(folder)).filter((file) => file.startsWith(`${name}-`) && file !== today);
  await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
  return true;
}
