import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fileName = 'machine-id';

/**
 * Returns this machine's random ID, which the first call makes and stores in the extension's storage folder. VS Code's
 * own `machineId` names the machine of the person's screen, and a host's name can be the same in many containers; but
 * each machine, container or WSL system that runs this extension has another storage folder.
 *
 * Synchronous, because terminals wait for it. Returns undefined if the folder can't be written.
 * @param storage path of `globalStorageUri`
 */
export function machineId(storage: string): string | undefined {
  const file = join(storage, fileName);
  try {
    return readId(file);
  } catch {
    const own = crypto.randomUUID();
    const draft = join(storage, `${fileName}-${own}`);
    try {
      mkdirSync(storage, { recursive: true });
      writeFileSync(draft, own, { mode: 0o600 });
      // Fails if another window has made the file meanwhile.
      linkSync(draft, file);
      return own;
    } catch {
      try {
        return readId(file);
      } catch {
        // The file is damaged, or the folder can't be written.
        return unlessFailed(() => {
          renameSync(draft, file);
          return own;
        });
      }
    } finally {
      unlessFailed(() => rmSync(draft, { force: true }));
    }
  }
}

function readId(file: string): string {
  const id = readFileSync(file, 'latin1');
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw new Error('not an ID');
  }
  return id;
}

function unlessFailed<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
