import { Emulator, type PlatformToken } from './emulator';

const day = 24 * 60 * 60 * 1000;

/** Seeds a project as it may look after a year. Returns the token to sign in with. */
export function seedDemo(emulator: Emulator): PlatformToken {
  const now = Date.now();
  emulator.seed('ci-pipeline', { createdAt: now - 212 * day });
  emulator.seed('jupyter-gpu', { createdAt: now - 349 * day });
  emulator.seed('old-workstation', { createdAt: now - 371 * day });
  emulator.seed('inference-gateway', { createdAt: now - 47 * day });
  return emulator.seed('first-token', { createdAt: now - 3 * day });
}
