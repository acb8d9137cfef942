import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import manifest from '../../../package.json';
import { settings } from '../../../src/base/settings';
import { restoreSettings, setting } from '../../support/person';
import { replace, restoreReplaced } from '../../support/widgets';

const numbers: Readonly<Record<string, () => number>> = {
  requestTimeoutSeconds: settings.requestTimeoutSeconds,
  'clipboard.clearAfterSeconds': settings.clearClipboardAfterSeconds,
  'rotation.remindAfterDays': settings.remindAfterDays,
  'expiry.warnBeforeDays': settings.warnBeforeDays,
};

describe('settings of terminals', () => {
  afterEach(restoreReplaced);

  const configure = (values: Readonly<Record<string, unknown>>, inspected: object = {}) => {
    const configuration = { get: (name: string) => values[name], inspect: () => inspected };
    replace(vscode.workspace, { getConfiguration: () => configuration });
  };

  it('let a workspace limit the terminals that get the token, but not undo that', () => {
    const isLimited = (inspected: object) => {
      configure({}, inspected);
      return settings.chosenTerminalsOnly();
    };
    assert.deepEqual(
      [
        isLimited({}),
        isLimited({ globalValue: 'chosen', workspaceValue: 'all' }),
        isLimited({ workspaceValue: 'chosen' }),
        isLimited({ workspaceFolderValue: 'chosen' }),
      ],
      [false, true, true, true],
    );
  });

  it('tell whether VS Code saves the environment of terminals when it quits', () => {
    const saves = (values: Readonly<Record<string, unknown>>, uiKind = vscode.UIKind.Desktop) => {
      configure(values);
      replace(vscode.env, { uiKind });
      return settings.savesTerminals();
    };
    assert.equal(saves({}), true);
    assert.equal(saves({ persistentSessionReviveProcess: 'never' }), false);
    assert.equal(saves({ enablePersistentSessions: false }), false);
    assert.equal(saves({}, vscode.UIKind.Web), false);
  });
});

describe('settings that are numbers', () => {
  afterEach(() => restoreSettings());

  it('are held to the bounds of package.json, whatever a settings file says', async () => {
    for (const [name, property] of Object.entries(manifest.contributes.configuration.properties)) {
      const read = numbers[name.replace('tir.', '')];
      assert.equal(read !== undefined, property.type === 'number', name);
      if (read && 'minimum' in property && 'maximum' in property) {
        for (const [given, expected] of [
          [property.minimum - 1, property.minimum],
          [property.maximum + 5e6, property.maximum],
          [-Infinity, property.minimum],
          // JSON's 1e999, and what a timer of seconds would overflow with.
          [Infinity, property.maximum],
          [2 ** 31, property.maximum],
          [Number.NaN, property.default],
          ['soon', property.default],
          ['5', property.default],
          [null, property.default],
          [true, property.default],
          [[5], property.default],
        ] as const) {
          await setting(name.replace('tir.', ''), given);
          assert.equal(read(), expected, `${name}: ${String(given)}`);
        }
      }
    }
  });
});
