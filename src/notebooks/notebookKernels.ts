import * as vscode from 'vscode';

import { Disposable, onSetting } from '../base/disposable';
import { refusal, toTirError } from '../base/errors';
import { defaultFolder } from '../base/folders';
import { settings } from '../base/settings';
import { plain } from '../base/text';
import type { NamedToken } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TerminalEnvironment } from '../terminals/environment';
import { allowedKey, type Kernel, kernelOf, kernelsKey, notebookType } from './jupyter';
import { KernelToken, type TokenToGive } from './kernelToken';

/** By the notebook's URI. */
type SavedKernels = Readonly<Record<string, { readonly host?: string }>>;
const mostSaved = 50;

/**
 * Gives the token in use to the kernels of Jupyter notebooks, which have VS Code's environment and never a terminal's.
 * From then on, the kernel gets each token that comes into use, even after a restart.
 */
export class NotebookKernels extends Disposable {
  readonly #changed = this.register(new vscode.EventEmitter<void>());
  /** By the notebook's URI. */
  readonly #kernels = new Map<string, KernelToken>();
  /** Notebooks' earlier kernels, until the token is removed from them. */
  readonly #former = new Set<KernelToken>();

  /** Fires when a kernel may have got or lost a token. */
  readonly onDidChange = this.#changed.event;

  /** @param recorded called with each token that a kernel gets, and its folder */
  constructor(
    private readonly terminals: Pick<TerminalEnvironment, 'readInUse' | 'tokens' | 'onDidChange'>,
    store: Pick<Store, 'onDidChange'>,
    private readonly state: { readonly global: vscode.Memento; readonly workspace: vscode.Memento },
    private readonly log: Pick<vscode.LogOutputChannel, 'warn'>,
    private readonly recorded: (token: NamedToken, folder: string | undefined) => void,
  ) {
    super();
    const updateAll = () => {
      this.#kernels.forEach((token, key) => void this.#update(key, token));
      this.#former.forEach((token) => void this.#release(token));
    };
    this.register(
      vscode.Disposable.from(
        store.onDidChange(({ kind }) => kind !== 'rotation' && updateAll()),
        onSetting('tir.terminal.sdkVariables', updateAll),
        // Fires when the storage can be read again after a failure.
        terminals.onDidChange(updateAll),
        vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges }) => {
          // No event says that a kernel started, or dropped our code because it was interrupted. This comes closest.
          if (cellChanges.some(({ executionSummary }) => executionSummary !== undefined)) {
            void this.#check(notebook);
          }
        }),
        vscode.workspace.onDidCloseNotebookDocument(({ uri }) => {
          // Keep the saved state: the kernel may keep running on a server.
          this.#kernels.get(uri.toString())?.dispose();
          this.#kernels.delete(uri.toString());
        }),
        new vscode.Disposable(() => this.#kernels.forEach((token) => token.dispose())),
      ),
    );
    vscode.workspace.notebookDocuments.forEach((notebook) => void this.#check(notebook));
  }

  /** Tells whether a notebook's kernel has the token. */
  has({ uri }: vscode.NotebookDocument): boolean {
    return this.#kernels.get(uri.toString())?.hasToken ?? false;
  }

  /** Resolves to whether a token is in use for a notebook's kernel. */
  async canGive({ uri }: vscode.NotebookDocument): Promise<boolean> {
    return (await this.#inUse(folderOf(uri)).catch(() => undefined)) !== undefined;
  }

  /**
   * Gives a notebook's kernel the token in use in its folder. Resolves to the name of the kernel's machine.
   * @param isPersons whether a person asked for it, and not a program
   * @throws TirError `not-found` without a kernel or a token, `invalid-input` if it isn't a Python kernel, and those of
   *   `KernelToken.give`
   */
  async give({ uri }: vscode.NotebookDocument, isPersons: boolean, signal: AbortSignal): Promise<string> {
    const kernel = await kernelOf(uri);
    if (!kernel) {
      throw refusal('not-found', vscode.l10n.t('The notebook has no running kernel. Run a cell first.'));
    }
    if (!isPython(kernel)) {
      throw refusal(
        'invalid-input',
        vscode.l10n.t('This kernel runs {0}, but only Python kernels can use the token.', plain(kernel.language)),
      );
    }
    const isSaved = this.#saved[uri.toString()] !== undefined;
    const token = this.#known(uri, kernel) ?? this.#add(uri, kernel, isSaved ? undefined : false);
    try {
      const given = await token.give({ mayUse: askAbout, signal });
      this.recorded(given.token, folderOf(uri));
      if (isPersons) {
        await this.state.global.update(allowedKey, true);
      }
      return given.host;
    } finally {
      await this.#note(uri.toString(), token);
    }
  }

  async #inUse(folder: string | undefined): Promise<TokenToGive | undefined> {
    const opened = await this.terminals.readInUse(folder);
    return opened && { token: opened.use, variables: opened.variables };
  }

  /** Returns a notebook's known kernel. If the notebook has another kernel now, removes the token from the old one. */
  #known(uri: vscode.Uri, kernel: Kernel): KernelToken | undefined {
    const before = this.#kernels.get(uri.toString());
    if (!before || before.kernel === kernel) {
      return before;
    }
    this.#kernels.delete(uri.toString());
    void this.#release(before);
    return undefined;
  }

  async #release(token: KernelToken): Promise<void> {
    this.#former.add(token);
    token.dispose();
    try {
      await token.release();
      this.#former.delete(token);
    } catch (error) {
      this.#warn(error);
    }
  }

  /** @param follows see `KernelToken` */
  #add(uri: vscode.Uri, kernel: Kernel, follows: boolean | undefined): KernelToken {
    const [key, folder] = [uri.toString(), folderOf(uri)];
    const { host } = this.#saved[key] ?? {};
    const inUse = () => this.#inUse(folder);
    const token = new KernelToken(kernel, this.terminals.tokens, inUse, follows, host, () => {
      void this.#update(key, token);
    });
    this.#kernels.get(key)?.dispose();
    this.#kernels.set(key, token);
    return token;
  }

  /** Looks at a notebook's kernel: whether it was given a token before the window reloaded, or is to get one now. */
  async #check(notebook: vscode.NotebookDocument): Promise<void> {
    const { uri, notebookType: type } = notebook;
    const key = uri.toString();
    const isSaved = this.#saved[key] !== undefined;
    const isWanted = settings.notebooksEnabled() && this.state.global.get(allowedKey) === true;
    if (type !== notebookType || !vscode.workspace.isTrusted || !(isSaved || isWanted || this.#kernels.has(key))) {
      return;
    }
    const isToGet = isWanted && (await this.canGive(notebook));
    const kernel = await kernelOf(uri).then(undefined, () => undefined);
    this.#former.forEach((token) => void this.#release(token));
    if (!kernel || !isPython(kernel)) {
      return;
    }
    // No `await` between looking up a kernel and adding it, or it could be added twice.
    const isOther = this.#kernels.has(key);
    const known = this.#known(uri, kernel);
    if (known) {
      await (known.isSettled || this.#update(key, known));
    } else if (isToGet) {
      await this.#update(key, this.#add(uri, kernel, true));
    } else if (isSaved && !isOther) {
      await this.#update(key, this.#add(uri, kernel, undefined));
    }
  }

  async #update(key: string, kernel: KernelToken): Promise<void> {
    try {
      const token = await kernel.update();
      if (token) {
        this.recorded(token, folderOf(vscode.Uri.parse(key)));
      }
    } catch (error) {
      this.#warn(error);
    }
    await this.#note(key, kernel).catch(this.#warn);
  }

  readonly #warn = (error: unknown): void => {
    this.log.warn(`Couldn't update the token in a notebook's kernel: ${toTirError(error).message}`);
  };

  get #saved(): SavedKernels {
    return this.state.workspace.get<SavedKernels>(kernelsKey, {});
  }

  async #note(key: string, { saved }: KernelToken): Promise<void> {
    this.#changed.fire();
    const { [key]: before, ...others } = this.#saved;
    if (JSON.stringify(before) !== JSON.stringify(saved)) {
      const entries = Object.entries(saved ? { ...others, [key]: saved } : others);
      await this.state.workspace.update(kernelsKey, Object.fromEntries(entries.slice(-mostSaved)));
    }
  }
}

function isPython({ language }: Kernel): boolean {
  return language.toLowerCase() === 'python';
}

async function askAbout(host: string): Promise<boolean> {
  const give = vscode.l10n.t('Give Token');
  const question = vscode.l10n.t('The kernel runs on another machine, "{0}". Give it the token?', plain(host));
  const detail = vscode.l10n.t('Anyone who can run code in that kernel can read the token.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, give)) === give;
}

function folderOf(uri: vscode.Uri): string | undefined {
  return (vscode.workspace.getWorkspaceFolder(uri) ?? defaultFolder())?.uri.toString();
}
