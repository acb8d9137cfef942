import assert from 'node:assert/strict';

import manifest from '../../../package.json';
import { settings } from '../../../src/base/settings';
import { restoreSettings, setting } from '../../support/person';

const numbers: Readonly<Record<string, () => number>> = {
  requestTimeoutSeconds: settings.requestTimeoutSeconds,
  'clipboard.clearAfterSeconds': settings.clearClipboardAfterSeconds,
  'rotation.remindAfterDays': settings.remindAfterDays,
  'expiry.warnBeforeDays': settings.warnBeforeDays,
};

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
          [Number.NaN, property.default],
          ['soon', property.default],
        ] as const) {
          await setting(name.replace('tir.', ''), given);
          assert.equal(read(), expected, `${name}: ${given}`);
        }
      }
    }
  });
});
