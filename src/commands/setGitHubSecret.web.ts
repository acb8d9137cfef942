import { needsMachine } from './machine';

/** Refused: `gh` does not run in a browser. */
export function setGitHubSecret(): Promise<never> {
  return Promise.reject(needsMachine());
}
