import assert from 'node:assert/strict';
import { join } from 'node:path';

import * as vscode from 'vscode';

import * as stub from '../support/vscodeStub';

/** Uses a part of the API and returns comparable values. It runs on the real API and on the stub. */
type Probe = (api: typeof vscode) => unknown;

const standIn = stub as unknown as typeof vscode;
const [folder, stubFolder] = [vscode, standIn].map((api) => api.workspace.workspaceFolders![0]!.uri.fsPath);

/** Records which listeners receive which events. */
function heard(
  work: (emitter: vscode.EventEmitter<number>, hear: (name: string) => (n: number) => void) => void,
): Probe {
  return ({ EventEmitter }) => {
    const told: string[] = [];
    const emitter = new EventEmitter<number>();
    work(emitter, (name) => (n) => told.push(`${name} ${n}`));
    return told;
  };
}

const probes: Readonly<Record<string, Probe>> = {
  'an event calls its listeners in order': heard((emitter, hear) => {
    emitter.event(hear('a'));
    emitter.event(hear('b'));
    emitter.fire(1);
    emitter.fire(2);
  }),
  'an event skips a disposed listener at once, even while it fires': heard((emitter, hear) => {
    emitter.event(() => void second.dispose());
    const second = emitter.event(hear('second'));
    const third = emitter.event(hear('third'));
    emitter.fire(1);
    third.dispose();
    third.dispose();
    emitter.fire(2);
  }),
  'an event calls a listener added while it fires only from the next time on': heard((emitter, hear) => {
    emitter.event((n) => n === 1 && emitter.event(hear('late')));
    emitter.fire(1);
    emitter.fire(2);
  }),
  'an event calls the next listener after one throws': heard((emitter, hear) => {
    emitter.event(() => {
      throw new Error('of a listener, on purpose');
    });
    emitter.event(hear('next'));
    emitter.fire(1);
  }),
  'a listener fires its own event again': heard((emitter, hear) => {
    emitter.event(hear('first'));
    emitter.event((n) => n === 1 && emitter.fire(2));
    emitter.event(hear('last'));
    emitter.fire(1);
  }),
  'an event accepts the same listener twice': heard((emitter, hear) => {
    const listener = hear('twice');
    emitter.event(listener);
    emitter.event(listener).dispose();
    emitter.fire(1);
  }),
  'a disposed event calls no listener': heard((emitter, hear) => {
    emitter.event(hear('before'));
    emitter.dispose();
    emitter.event(hear('after')).dispose();
    emitter.fire(1);
  }),
  'an event passes `this`, and adds to the list of disposables': ({ EventEmitter }) => {
    const emitter = new EventEmitter<number>();
    const subscriptions: vscode.Disposable[] = [];
    const self = { told: 0 };
    emitter.event(
      function (this: typeof self, n) {
        this.told += n;
      },
      self,
      subscriptions,
    );
    emitter.fire(3);
    subscriptions.forEach((one) => void one.dispose());
    emitter.fire(4);
    return [self, subscriptions.length];
  },
  'combined disposables are disposed once': ({ Disposable }) => {
    const told: string[] = [];
    const both = Disposable.from(new Disposable(() => told.push('a')), { dispose: () => told.push('b') });
    both.dispose();
    both.dispose();
    return told;
  },
  'file paths and URIs': ({ Uri }) =>
    [Uri.file('/a b/c#d'), Uri.joinPath(Uri.file('/a'), '..', 'b', 'c.txt'), Uri.parse('untitled:x?y#z')].map((uri) => [
      uri.toString(),
      uri.fsPath,
      uri.scheme,
      uri.path,
      uri.with({ path: '/other' }).toString(),
    ]),
  'localized texts with placeholders': ({ l10n }) => [
    l10n.t('no value {0}'),
    l10n.t('{0} and {1}', 'a', 2),
    l10n.t('{0} and {1}', 'only one'),
    l10n.t('{name} twice: {name}', { name: 'x' }),
    l10n.t({ message: '{0}', args: ['of an object'], comment: [] }),
  ],
  'cancellation errors': ({ CancellationError }) => {
    const error = new CancellationError();
    return [error.name, error.message, error instanceof Error];
  },
  'theme icons and tree items': ({ ThemeIcon, ThemeColor, TreeItem, TreeItemCollapsibleState }) => {
    const { id, color } = new ThemeIcon('key', new ThemeColor('charts.red'));
    const rows = [new TreeItem('x'), new TreeItem('y', TreeItemCollapsibleState.Expanded)];
    return [id, color?.id, rows.map(({ label, collapsibleState }) => [label, collapsibleState])];
  },
  'enum values': ({ ConfigurationTarget, TreeItemCollapsibleState, ProgressLocation, UIKind }) => [
    UIKind.Desktop,
    UIKind.Web,
    ConfigurationTarget.Global,
    ConfigurationTarget.Workspace,
    TreeItemCollapsibleState.None,
    TreeItemCollapsibleState.Collapsed,
    ProgressLocation.Notification,
  ],
  'default settings': ({ workspace }) =>
    ['requestTimeoutSeconds', 'terminal.enabled', 'leaks.ignoredPatterns', 'no.such'].map((name) =>
      workspace.getConfiguration('tir').get(name, 'none'),
    ),
  'a workspace with one folder': ({ workspace }) => {
    const { uri, index } = workspace.workspaceFolders![0]!;
    const file = vscode.Uri.file(join(uri.fsPath, 'deep', 'file.txt'));
    return [workspace.isTrusted, workspace.workspaceFolders?.length, index, workspace.asRelativePath(file)];
  },
};

describe('the stub of vscode', () => {
  for (const [title, probe] of Object.entries(probes)) {
    it(`matches VS Code: ${title}`, () => {
      const text = (value: unknown) => JSON.stringify(value).replaceAll(folder!, '.').replaceAll(stubFolder!, '.');
      assert.equal(text(probe(standIn)), text(probe(vscode)));
    });
  }

  it('matches VS Code: a changed setting is reported and read at once', async () => {
    const change = async ({ workspace, ConfigurationTarget }: typeof vscode) => {
      const told: boolean[][] = [];
      const subscription = workspace.onDidChangeConfiguration((event) => {
        told.push(
          ['tir', 'tir.expiry', 'tir.expiry.warnBeforeDays', 'tir.exp', 'tir.leaks'].map((name) =>
            event.affectsConfiguration(name),
          ),
        );
      });
      const settings = () => workspace.getConfiguration('tir');
      const held = settings();
      await settings().update('expiry.warnBeforeDays', 7, ConfigurationTarget.Global);
      await settings().update('expiry.warnBeforeDays', 7, ConfigurationTarget.Global);
      const changed = [settings(), held].map((one) => one.get('expiry.warnBeforeDays'));
      changed.push(settings().inspect('expiry.warnBeforeDays')?.globalValue);
      await settings().update('expiry.warnBeforeDays', undefined, ConfigurationTarget.Global);
      subscription.dispose();
      return [told, changed, settings().get('expiry.warnBeforeDays')];
    };
    assert.deepEqual(await change(standIn), await change(vscode));
  });

  it('throws an error that names a missing API', () => {
    const lacks: Readonly<Record<string, () => unknown>> = {
      'window.createTerminal': () => standIn.window.createTerminal(),
      'workspace.fs': () => standIn.workspace.fs,
      'commands.getCommands': () => standIn.commands.getCommands(),
      'env.appHost': () => standIn.env.appHost,
    };
    for (const [name, use] of Object.entries(lacks)) {
      assert.throws(use, new RegExp(`vscode\\.${name} is not in the stub`));
    }
  });
});
