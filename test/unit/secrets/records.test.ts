import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { day } from '../../../src/tir/times';
import { Secret } from '../../../src/base/secret';
import { ListableSecrets } from '../../../src/secrets/listableSecrets';
import {
  connectionId,
  isUnreadable,
  readConnection,
  readInUse,
  readRotation,
  readValue,
  writeConnection,
  writeInUse,
  writeRotation,
  writeValue,
} from '../../../src/secrets/records';
import { version } from '../../../package.json';
import { until } from '../../support/until';
import storedVersions from './storedVersions.json';

describe('stored records', () => {
  const credentials = { token: new Secret('the-token'), apiKey: new Secret('the-key') };
  const connection = { id: 'p-1-delhi', label: 'One', projectId: 1, location: 'Delhi', activeIam: 5, teamId: 6 };

  it('are read as they were written', () => {
    const signedIn = readConnection(writeConnection({ connection, credentials }));
    assert.deepEqual(signedIn.connection, connection);
    assert.ok(signedIn.credentials.token.equals(credentials.token));
    const created = Date.UTC(2026, 2, 20);
    const stored = readValue(
      writeValue({ name: 'ci', created, expires: undefined, credentials: { token: credentials.token } }),
    );
    assert.deepEqual([stored.name, stored.created, stored.expires], ['ci', created, created + 365 * day]);
    assert.equal(stored.credentials.token.reveal(), 'the-token');
    assert.equal(stored.credentials.apiKey, undefined);
    const inUse = { connectionId: 'p-1-delhi', id: 7, name: 'ci' };
    assert.deepEqual(readInUse(writeInUse(inUse)), inUse);
    const use = { ...inUse, folder: 'file:///folder' };
    assert.equal(writeInUse(use), writeInUse(inUse), 'the scope is in the key');
    const rotation = {
      ...{ connectionId: 'p-1-delhi', oldId: 7, oldName: 'ci', newName: 'ci-2', newId: 8 },
      ...{ startedAt: 1, at: 2, window: 'this one' },
    };
    assert.deepEqual(readRotation(writeRotation(rotation)), rotation);
  });

  it('are rejected without being quoted if they are damaged or of another version', () => {
    for (const text of ['', 'the-token', '{"v":2,"name":"x","credentials":{"token":"the-token"}}', '{"v":1}', 'null']) {
      assert.throws(
        () => readValue(text),
        (error: Error & { code?: string }) =>
          error.code === 'storage-failed' && !String(error.stack).includes('the-token'),
        text,
      );
    }
  });

  it('are reported as damaged or as newer if they cannot be read', () => {
    const problemOf = (text: string) => {
      try {
        readConnection(text);
      } catch (error) {
        return isUnreadable(error) ? error.details.record : undefined;
      }
      return 'none';
    };
    assert.equal(problemOf('{"v":2,"anything":["else"]}'), 'newer');
    assert.equal(problemOf('{"v":99}'), 'newer');
    for (const text of ['', '{"v":1', '{"v":1}', '{"v":"2"}', 'null', '[]', '{"__proto__":{"v":2}}']) {
      assert.equal(problemOf(text), 'damaged', text);
    }
  });

  it('are readable from every released version', () => {
    const readers = { connection: readConnection, value: readValue, inUse: readInUse, rotation: readRotation };
    for (const [release, records] of Object.entries(storedVersions)) {
      for (const [kind, stored] of Object.entries(records)) {
        for (const record of stored) {
          const read = readers[kind as keyof typeof readers](JSON.stringify(record));
          const { credentials: _credentials, v: _version, ...fields } = record as Record<string, unknown>;
          const readFields = 'connection' in read ? read.connection : { ...read, credentials: undefined };
          for (const [field, value] of Object.entries(fields)) {
            assert.deepEqual((readFields as Record<string, unknown>)[field], value, `${release}: ${kind}.${field}`);
          }
        }
      }
    }
    assert.ok(Object.hasOwn(storedVersions, version), 'this release has its records in storedVersions.json');
  });

  it('identify a project by its ID, location and account', () => {
    assert.equal(connectionId({ projectId: 12, location: 'Chennai' }), 'p-12-chennai');
    assert.equal(connectionId({ projectId: 12, location: 'Chennai', activeIam: 3 }), 'p-12-chennai-iam3');
  });
});

/** Secret storage of VS Code 1.96, which can't list its keys. */
class OldStorage {
  readonly kept = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  get = (key: string) => Promise.resolve(this.kept.get(key));
  store = (key: string, text: string) =>
    Promise.resolve(this.kept.set(key, text)).then(() => this.#changed.fire({ key }));
  delete = (key: string) => Promise.resolve(void this.kept.delete(key));
  onDidChange = this.#changed.event;
}

/** Secret storage that a web page provides to VS Code. The message is VS Code's. */
class ProvidedStorage extends OldStorage {
  failure = 'Secret storage provider does not support keys() method';
  keys = () => Promise.reject(new Error(this.failure));
}

describe('ListableSecrets', () => {
  for (const Storage of [OldStorage, ProvidedStorage]) {
    it(`lists the keys of a storage that cannot, and leaves nothing behind: ${Storage.name}`, async () => {
      const storage = new Storage();
      const secrets = new ListableSecrets(storage);
      await Promise.all(['a', 'b', 'c'].map((key) => secrets.store(key, 'x')));
      await secrets.delete('b');
      assert.deepEqual((await secrets.keys()).sort(), ['a', 'c']);
      await secrets.delete('a');
      await secrets.delete('c');
      assert.deepEqual(await secrets.keys(), []);
      assert.equal(storage.kept.size, 0);
    });
  }

  it('adds a key to its index before it stores the value, and removes the key after it deletes the value', async () => {
    const storage = new OldStorage();
    const { store, delete: remove } = storage;
    const writes: string[] = [];
    storage.store = (key, text) => {
      writes.push(`store ${key}`);
      return store(key, text);
    };
    storage.delete = (key) => {
      writes.push(`delete ${key}`);
      return remove(key);
    };
    const secrets = new ListableSecrets(storage);
    await secrets.store('a', 'x');
    await secrets.store('b', 'x');
    await secrets.delete('b');
    await secrets.delete('a');
    const expected = ['store index', 'store a', 'store index', 'store b'];
    expected.push('delete b', 'store index', 'delete a', 'delete index');
    assert.deepEqual(writes, expected);
  });

  it('keeps the keys of two windows that write the index at once', async () => {
    const storage = new OldStorage();
    const [first, second] = [new ListableSecrets(storage), new ListableSecrets(storage)];
    await Promise.all([first.store('a', 'x'), second.store('b', 'x')]);
    const keys = async () => (await first.keys()).sort().join();
    await until('both keys', async () => (await keys()) === 'a,b');
    await Promise.all([first.delete('a'), second.store('c', 'x')]);
    await until('the keys of what is left', async () => (await keys()) === 'b,c' || (await keys()) === 'a,b,c');
    assert.equal(await first.get('c'), 'x');
  });

  it('fails if the storage fails, rather than list no keys', async () => {
    const storage = new ProvidedStorage();
    storage.failure = 'The keyring is locked';
    await assert.rejects(new ListableSecrets(storage).keys(), /locked/);
  });
});
