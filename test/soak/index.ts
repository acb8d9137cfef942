import { runHostTests } from '../support/hostTests';

/** What the extension host calls (`extensionTestsPath`). */
export function run(): Promise<void> {
  return runHostTests(__dirname);
}
