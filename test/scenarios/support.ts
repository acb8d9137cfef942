import { fromUi } from '../../src/base/arguments';
import { type CommandName, runCommand } from '../../src/commands/run';
import { Emulator, type PlatformToken } from '../emulator/emulator';
import { Keyring } from '../support/keyring';
import { Person, restoreSettings } from '../support/person';
import { newWindow, type TestWindow } from '../support/testWindow';
import { restoreReplaced } from '../support/widgets';

/** An emulated API, a person, and a signed-out window. Call `end` when done. */
export interface TestSetup {
  readonly emulator: Emulator;
  readonly person: Person;
  readonly keyring: Keyring;
  readonly window: TestWindow;
  /** API URL that the window uses. */
  apiUrl: string;
  timeoutSeconds: number;
  /** Runs a command as another extension does. */
  run<T = unknown>(command: CommandName, argument?: object): Promise<T>;
  /** Runs a command as a button or a row of the view does. */
  runInteractively(command: CommandName, argument?: object): Promise<void>;
  /** Signs in with a token seeded for it, which terminals don't get. */
  signIn(): Promise<PlatformToken>;
  /** Points the window at an address where no server listens. */
  disconnect(): Promise<void>;
  /** Resolves to the API's status for the token that a new terminal gets. */
  status(): Promise<number>;
  end(): Promise<void>;
}

/** @param now the window's clock */
export async function begin({ now = Date.now }: { readonly now?: () => number } = {}): Promise<TestSetup> {
  const emulator = await Emulator.start();
  const person = new Person();
  const keyring = new Keyring();
  const window = newWindow(emulator, keyring, {
    now,
    apiUrl: () => bench.apiUrl,
    timeoutSeconds: () => bench.timeoutSeconds,
  });
  const { services, collection } = window;
  const bench: TestSetup = {
    ...{ emulator, person, keyring, window, apiUrl: emulator.apiUrl, timeoutSeconds: 15 },
    async run<T>(command: CommandName, argument: object = {}) {
      return (await runCommand(services, command, argument, [])) as T;
    },
    async runInteractively(command, argument) {
      await runCommand(services, command, fromUi({ ...argument }), []);
    },
    async signIn() {
      const first = emulator.seed('sign-in');
      const { value: token, apiKey, projectId, location } = first;
      await bench.run('signIn', { token, apiKey, projectId, location, activate: false });
      return first;
    },
    async disconnect() {
      const gone = await Emulator.start();
      await gone.stop();
      bench.apiUrl = gone.apiUrl;
    },
    async status() {
      const token = collection.inFolder(0).get('TIR_API_TOKEN') ?? '';
      const answer = await fetch(`${emulator.origin}/whoami/`, { headers: { authorization: `Bearer ${token}` } });
      return answer.status;
    },
    async end() {
      restoreReplaced();
      person.leave();
      window.end();
      await emulator.stop();
      await restoreSettings();
    },
  };
  return bench;
}
