import { needsMachine } from './machine';

/** Refused: git, which has to ignore the file, does not run in a browser. */
export function saveToEnvFile(): Promise<never> {
  return Promise.reject(needsMachine());
}
