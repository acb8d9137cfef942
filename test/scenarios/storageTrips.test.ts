import assert from 'node:assert/strict';

import { runCommand } from '../../src/commands/run';
import { Emulator } from '../emulator/emulator';
import { holdCall } from '../emulator/fault';
import { Keyring } from '../support/storage';
import { newWindow } from '../support/testWindow';
import { until } from '../support/until';

/** Secret storage that can hold its answers until the test calls `answer`, to count round trips. */
class InRounds extends Keyring {
  isHeld = false;
  #waiting: (() => void)[] = [];

  override async get(key: string): Promise<string | undefined> {
    await this.#turn();
    return super.get(key);
  }
  override async store(key: string, value: string): Promise<void> {
    await this.#turn();
    return super.store(key, value);
  }

  get isAsked(): boolean {
    return this.#waiting.length > 0;
  }
  answer(): void {
    this.#waiting.splice(0).forEach((go) => go());
  }

  #turn(): Promise<void> {
    return this.isHeld ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }
}

describe('round trips to the secret storage', () => {
  it("are at most three in a row between a creation's answer and the token in terminals", async () => {
    const emulator = await Emulator.start();
    const storage = new InRounds();
    const window = newWindow(emulator, storage);
    const { services, collection } = window;
    const { value, apiKey, projectId, location } = emulator.seed('sign-in');
    await runCommand(services, 'signIn', { token: value, apiKey, projectId, location }, []);
    const { fault, letGo } = holdCall();
    emulator.fail('POST', fault);
    const created = runCommand(services, 'createToken', { name: 'dev-laptop' }, []);
    await until('the creation', () => emulator.calls.some((call) => call.startsWith('POST')));
    storage.isHeld = true;
    letGo();
    let trips = 0;
    while (collection.variables.get('TIR_API_TOKEN') === undefined) {
      await until('a question to the storage', () => storage.isAsked);
      storage.answer();
      trips++;
      // Lets everything run that follows at once from the answers.
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(trips <= 3, `${trips} trips`);
    assert.ok(collection.variables.get('TIR_API_TOKEN') === emulator.tokens.at(-1)?.value);
    storage.isHeld = false;
    storage.answer();
    await created;
    window.end();
    await emulator.stop();
  });
});
