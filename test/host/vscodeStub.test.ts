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
  'an event tells its listeners in their order': heard((emitter, hear) => {
    emitter.event(hear('a'));
    emitter.event(hear('b'));
    emitter.fire(1);
    emitter.fire(2);
  }),
  'an event leaves out who no longer listens, at once': heard((emitter, hear) => {
    emitter.event(() => void second.dispose());
    const second = emitter.event(hear('second'));
    const third = emitter.event(hear('third'));
    emitter.fire(1);
    third.dispose();
    third.dispose();
    emitter.fire(2);
  }),
  'an event tells those who begin to listen meanwhile from the next time on': heard((emitter, hear) => {
    emitter.event((n) => n === 1 && emitter.event(hear('late')));
    emitter.fire(1);
    emitter.fire(2);
  }),
  'an event goes on after a listener that throws': heard((emitter, hear) => {
    emitter.event(() => {
      throw new Error('of a listener, on purpose');
    });
    emitter.event(hear('next'));
    emitter.fire(1);
  }),
  'an event that is fired by a listener of the same one': heard((emitter, hear) => {
    emitter.event(hear('first'));
    emitter.event((n) => n === 1 && emitter.fire(2));
    emitter.event(hear('last'));
    emitter.fire(1);
  }),
  'an event has the same listener twice': heard((emitter, hear) => {
    const listener = hear('twice');
    emitter.event(listener);
    emitter.event(listener).dispose();
    emitter.fire(1);
  }),
  'an event that is disposed tells nobody': heard((emitter, hear) => {
    emitter.event(hear('before'));
    emitter.dispose();
    emitter.event(hear('after')).dispose();
    emitter.fire(1);
  }),
  'an event keeps `this` and the list of subscriptions': ({ EventEmitter }) => {
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
  'what is disposed is disposed once': ({ Disposable }) => {
    const told: string[] = [];
    const both = Disposable.from(new Disposable(() => told.push('a')), { dispose: () => told.push('b') });
    both.dispose();
    both.dispose();
    return told;
  },
  'paths of files': ({ Uri }) =>
    [Uri.file('/a b/c#d'), Uri.joinPath(Uri.file('/a'), '..', 'b', 'c.txt'), Uri.parse('untitled:x?y#z')].map((uri) => [
      uri.toString(),
      uri.fsPath,
      uri.scheme,
      uri.path,
      uri.with({ path: '/other' }).toString(),
    ]),
  'texts with values': ({ l10n }) => [
    l10n.t('no value {0}'),
    l10n.t('{0} and {1}', 'a', 2),
    l10n.t('{0} and {1}', 'only one'),
    l10n.t('{name} twice: {name}', { name: 'x' }),
    l10n.t({ message: '{0}', args: ['of an object'], comment: [] }),
  ],
  'a cancellation': ({ CancellationError }) => {
    const error = new CancellationError();
    return [error.name, error.message, error instanceof Error];
  },
  'icons and rows': ({ ThemeIcon, ThemeColor, TreeItem, TreeItemCollapsibleState }) => {
    const { id, color } = new ThemeIcon('key', new ThemeColor('charts.red'));
    const rows = [new TreeItem('x'), new TreeItem('y', TreeItemCollapsibleState.Expanded)];
    return [id, color?.id, rows.map(({ label, collapsibleState }) => [label, collapsibleState])];
  },
  'the numbers of kinds': ({ ConfigurationTarget, TreeItemCollapsibleState, ProgressLocation }) => [
    ConfigurationTarget.Global,
    ConfigurationTarget.Workspace,
    TreeItemCollapsibleState.None,
    TreeItemCollapsibleState.Collapsed,
    ProgressLocation.Notification,
  ],
  'the defaults of settings': ({ workspace }) =>
    ['requestTimeoutSeconds', 'terminal.enabled', 'leaks.ignoredPatterns', 'no.such'].map((name) =>
      workspace.getConfiguration('tir').get(name, 'none'),
    ),
  'a workspace with one folder': ({ workspace }) => {
    const { uri, index } = workspace.workspaceFolders![0]!;
    const file = vscode.Uri.file(join(uri.fsPath, 'deep', 'file.txt'));
    return [workspace.isTrusted, workspace.workspaceFolders?.length, index, workspace.asRelativePath(file)];
  },
};

describe('the stub of the editor on plain Node', () => {
  for (const [title, probe] of Object.entries(probes)) {
    it(`does as the editor does: ${title}`, () => {
      const text = (value: unknown) => JSON.stringify(value).replaceAll(folder!, '.').replaceAll(stubFolder!, '.');
      assert.equal(text(probe(standIn)), text(probe(vscode)));
    });
  }

  it('does as the editor does: a setting that changes is told, and read at once', async () => {
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
      await settings().update('expiry.warnBeforeDays', undefined, ConfigurationTarget.Global);
      subscription.dispose();
      return [told, changed, settings().get('expiry.warnBeforeDays')];
    };
    assert.deepEqual(await change(standIn), await change(vscode));
  });

  it('refuses by name what it lacks', () => {
    const lacks: Readonly<Record<string, () => unknown>> = {
      'window.createTerminal': () => standIn.window.createTerminal(),
      'workspace.fs': () => standIn.workspace.fs,
      'commands.getCommands': () => standIn.commands.getCommands(),
      'env.uiKind': () => standIn.env.uiKind,
    };
    for (const [name, use] of Object.entries(lacks)) {
      assert.throws(use, new RegExp(`vscode\\.${name} is not in the stub`));
    }
  });
});
