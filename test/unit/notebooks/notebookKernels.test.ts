import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { isFromUi } from '../../../src/base/arguments';
import { digestOf } from '../../../src/base/secret';
import { CellItems } from '../../../src/notebooks/cellItems';
import { NotebookKernels } from '../../../src/notebooks/notebookKernels';
import type { StoreChange } from '../../../src/secrets/keys';
import { Memory } from '../../support/keyring';
import { until } from '../../support/until';
import { replace, restoreReplaced } from '../../support/widgets';
import { PythonProcess } from './pythonProcess';

const notNow = new AbortController().signal;

/** A window with notebooks. Its kernels stay when it reloads. */
class Window {
  readonly state = { global: new Memory(), workspace: new Memory() };
  readonly notebooks: vscode.NotebookDocument[] = [];
  readonly running = new Map<string, PythonProcess>();
  readonly recorded: string[] = [];
  readonly asked: string[] = [];
  inUse: string | undefined = 'tok-1';
  isReadable = true;
  /** Happens once, while the token in use is read. */
  whileRead: (() => Promise<void>) | undefined;
  readonly #stored = new vscode.EventEmitter<StoreChange>();
  readonly #terminals = new vscode.EventEmitter<void>();
  readonly #cells = new vscode.EventEmitter<object>();
  readonly #closed = new vscode.EventEmitter<vscode.NotebookDocument>();
  kernels = this.#start();

  constructor() {
    const getKernel = (uri: vscode.Uri) => Promise.resolve(this.running.get(uri.toString()));
    replace(vscode.extensions, {
      getExtension: () => ({ activate: () => Promise.resolve({ kernels: { getKernel } }) }),
    });
    replace(vscode.window, {
      showWarningMessage: (message: string) => {
        this.asked.push(message);
        return Promise.resolve('Give Token');
      },
    });
  }

  #start(): NotebookKernels {
    replace(vscode.workspace, {
      ...{ notebookDocuments: this.notebooks, getWorkspaceFolder: () => undefined },
      ...{ onDidChangeNotebookDocument: this.#cells.event, onDidCloseNotebookDocument: this.#closed.event },
    });
    const tokens = { key: 'key', digest: (value: string) => digestOf('key', value) };
    const readInUse = async () => {
      const { whileRead } = this;
      this.whileRead = undefined;
      await whileRead?.();
      const variables = new Map([['TIR_API_TOKEN', this.inUse ?? '']]);
      const use = { name: this.inUse ?? '', connectionId: 'p', id: 1, folder: undefined };
      assert.ok(this.isReadable, 'the keyring is locked');
      return this.inUse === undefined ? undefined : { use, variables };
    };
    const terminals = { tokens, readInUse, onDidChange: this.#terminals.event } as never;
    const store = { onDidChange: this.#stored.event };
    return new NotebookKernels(terminals, store, this.state, { warn: () => undefined }, ({ name }) => {
      this.recorded.push(name);
    });
  }

  open(name: string, kernel: PythonProcess): vscode.NotebookDocument {
    const uri = vscode.Uri.parse(`file:///${name}.ipynb`);
    const notebook = { uri, notebookType: 'jupyter-notebook' } as vscode.NotebookDocument;
    this.notebooks.push(notebook);
    this.running.set(uri.toString(), kernel);
    return notebook;
  }

  use(token: string | undefined): void {
    this.inUse = token;
    this.#stored.fire({ kind: 'in-use', folder: undefined } as StoreChange);
  }

  /** The end of a cell. */
  ran(notebook: vscode.NotebookDocument): void {
    this.#cells.fire({ notebook, cellChanges: [{ executionSummary: {} }] });
  }

  reload(): void {
    this.kernels.dispose();
    this.kernels = this.#start();
  }
}

describe("a notebook's kernel", () => {
  let window: Window;
  let kernel: PythonProcess;
  let notebook: vscode.NotebookDocument;
  const others: PythonProcess[] = [];
  beforeEach(() => {
    window = new Window();
    kernel = new PythonProcess({ TIR_API_TOKEN: '' });
    notebook = window.open('a', kernel);
  });
  afterEach(async () => {
    window.kernels.dispose();
    restoreReplaced();
    await vscode.workspace.getConfiguration('tir').update('notebooks.enabled', undefined);
    await Promise.all([kernel, ...others.splice(0)].map((one) => one.end()));
  });

  const another = (env?: NodeJS.ProcessEnv) => {
    const other = new PythonProcess(env);
    others.push(other);
    return other;
  };
  const give = (to = notebook, signal = notNow) => window.kernels.give(to, true, signal);
  const become = (value: string, of = kernel) =>
    until(`the kernel to have "${value}"`, async () => (await of.variable()) === value);
  /** Resolves when all that was begun by an event has run. */
  const quiet = async () => {
    for (let before = -1; before !== kernel.executed.length; await kernel.run('')) {
      before = kernel.executed.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('follows what is in use, and gets the value back that it had', async () => {
    const own = another({ TIR_API_TOKEN: 'own' });
    const other = window.open('b', own);
    await give(other);
    assert.ok(window.kernels.has(other));
    assert.equal(await own.variable(), 'tok-1');
    window.use('tok-2');
    await become('tok-2', own);
    window.use(undefined);
    await become('own', own);
    assert.ok(!window.kernels.has(other));
    assert.deepEqual(window.recorded, ['tok-1', 'tok-2']);
    assert.equal(await own.run('import builtins; print(hasattr(builtins, "_tir"))'), 'False\n');
  });

  it('keeps a value that a cell has set, unless a person gives the token again', async () => {
    await give();
    await kernel.run('import os; os.environ["TIR_API_TOKEN"] = "mine"');
    window.use('tok-2');
    await until('the change', () => kernel.executed.length === 4);
    assert.equal(await kernel.variable(), 'mine');
    await until('the kernel to be known as without the token', () => !window.kernels.has(notebook));
    assert.deepEqual(window.recorded, ['tok-1']);
    await give();
    assert.equal(await kernel.variable(), 'tok-2');
    window.use(undefined);
    await become('mine');
  });

  it('has its token told as unknown after an interruption, and gets it when a cell has run', async () => {
    await give();
    kernel.drops = (code) => code.includes('settled');
    window.use('tok-2');
    await until('the change', () => kernel.executed.length === 4);
    await until('the token to be unknown', () => !window.kernels.has(notebook));
    kernel.drops = () => false;
    window.ran(notebook);
    await become('tok-2');
    window.use(undefined);
    await become('');
  });

  it('has what is in use in the end, however often that changes while a cell runs', async () => {
    await give();
    void kernel.run('import time; time.sleep(0.3)');
    for (const token of [undefined, 'tok-2', undefined, 'tok-3']) {
      window.use(token);
    }
    await become('tok-3');
    await quiet();
    assert.deepEqual([await kernel.variable(), window.kernels.has(notebook)], ['tok-3', true]);
    assert.ok(kernel.executed.length <= 6, 'changes share an exchange');
  });

  it('loses its token when the notebook has another kernel, even if it is interrupted meanwhile', async () => {
    await give();
    const key = notebook.uri.toString();
    const next = another();
    window.running.set(key, next);
    kernel.drops = (code) => code.includes('settled');
    window.ran(notebook);
    await until('the former kernel to be asked', () => kernel.executed.length === 4);
    await quiet();
    kernel.drops = () => false;
    assert.equal(await kernel.variable(), 'tok-1');
    window.ran(notebook);
    await become('');
    await quiet();
  });

  it('is let go of when Jupyter has given it up', async () => {
    await give();
    window.running.set(notebook.uri.toString(), another());
    kernel.fails = new Error('Kernel is disposed');
    window.ran(notebook);
    await until('the former kernel to be asked', () => kernel.executed.length === 3);
    await quiet();
    window.ran(notebook);
    await quiet();
    assert.equal(kernel.executed.length, 3);
  });

  it('gets it once, however many cells end at its start', async () => {
    await give();
    await vscode.workspace.getConfiguration('tir').update('notebooks.enabled', true);
    const next = another();
    window.running.set(notebook.uri.toString(), next);
    window.ran(notebook);
    window.ran(notebook);
    window.ran(notebook);
    await become('tok-1', next);
    await next.run('');
    assert.deepEqual([next.executed.length, window.recorded], [2, ['tok-1', 'tok-1']]);
  });

  it('stays known if a person begins to give the token after a reload, and cancels', async () => {
    await give();
    const key = notebook.uri.toString();
    window.running.delete(key);
    window.reload();
    window.running.set(key, kernel);
    const controller = new AbortController();
    const giving = give(notebook, controller.signal);
    controller.abort();
    await assert.rejects(giving, { code: 'cancelled' });
    window.use('tok-2');
    await become('tok-2');
  });

  it('loses its token although code was not allowed to run for a while', async () => {
    await give();
    kernel.fails = Object.assign(new Error('denied'), { name: 'vscode.jupyter.apiAccessRevoked' });
    window.use('tok-2');
    await until('the change', () => kernel.executed.length === 3);
    kernel.fails = undefined;
    window.use(undefined);
    await become('');
  });

  it('is not taken to have a token if it restarts while it is asked', async () => {
    await give();
    window.reload();
    window.whileRead = () => kernel.restart();
    window.ran(notebook);
    await until('the restart', () => window.whileRead === undefined);
    await become('tok-1');
  });

  it('gets it again after a restart, but not on a machine that was not allowed', async () => {
    await give();
    await kernel.restart();
    await become('tok-1');
    await kernel.restart('gpu-7');
    await until('the token to be refused', () => kernel.executed.length === 5);
    await quiet();
    assert.equal(await kernel.variable(), '');
    assert.deepEqual(window.asked, []);
  });

  it('is known after a reload, with the machine that was allowed', async () => {
    await kernel.moveTo('gpu-7');
    assert.equal(await give(), 'gpu-7');
    const second = another();
    const other = window.open('b', second);
    await give(other);
    assert.deepEqual(window.asked, ['The kernel runs on another machine, "gpu-7". Give it the token?']);
    assert.ok(!JSON.stringify(window.state.workspace.get('kernels')).includes('tok-1'));
    // Jupyter finds the second kernel only later.
    window.running.delete(other.uri.toString());
    window.reload();
    window.use('tok-2');
    await become('tok-2');
    window.running.set(other.uri.toString(), second);
    window.ran(other);
    await become('tok-2', second);
    assert.deepEqual([window.recorded, window.asked.length], [['tok-1', 'tok-1', 'tok-2', 'tok-2'], 1]);
  });

  it('is not given a token that it did not have before a reload, or because another kernel of the notebook has it', async () => {
    await give();
    const next = another();
    window.running.set(notebook.uri.toString(), next);
    window.ran(notebook);
    await become('');
    window.reload();
    window.ran(notebook);
    const saved = () => JSON.stringify(window.state.workspace.get('kernels'));
    await until('the next kernel to be known as without', () => saved() === '{}');
    const asked = next.executed.length;
    window.use('tok-2');
    await next.run('');
    assert.deepEqual([next.executed.length, await next.variable()], [asked, '']);
  });

  it('gets it at its start with tir.notebooks.enabled, once a person has given it to one on this machine', async () => {
    await vscode.workspace.getConfiguration('tir').update('notebooks.enabled', true);
    window.ran(notebook);
    await quiet();
    assert.deepEqual(kernel.executed, []);
    const first = another();
    await give(window.open('b', first));
    window.ran(notebook);
    await become('tok-1');
  });

  it('gets nothing if the person cancels meanwhile, refuses, or no token is in use', async () => {
    const controller = new AbortController();
    const giving = give(notebook, controller.signal);
    controller.abort();
    await assert.rejects(giving, { code: 'cancelled' });
    const late = new AbortController();
    kernel.drops = (code) => {
      if (code.includes('settled')) {
        late.abort();
      }
      return false;
    };
    await assert.rejects(give(notebook, late.signal), { code: 'cancelled' });
    assert.equal(await kernel.variable(), '', 'it was cancelled while it waited for a cell');
    kernel.drops = () => false;
    window.inUse = undefined;
    await assert.rejects(give(), { code: 'not-found' });
    kernel.fails = Object.assign(new Error('denied'), { name: 'vscode.jupyter.apiAccessRevoked' });
    window.inUse = 'tok-1';
    await assert.rejects(give(), { code: 'forbidden' });
    const asked = kernel.executed.length;
    window.use('tok-2');
    window.ran(notebook);
    kernel.fails = undefined;
    await quiet();
    assert.equal(kernel.executed.length, asked, 'it is not asked again');
    assert.deepEqual([await kernel.variable(), window.state.global.get('notebooksAllowed')], ['', undefined]);
  });

  it('is offered the token below Python cells that read it, until it has it', async () => {
    const items = new CellItems(window.kernels);
    const cell = (text: string, languageId = 'python') =>
      ({ notebook, document: { languageId, getText: () => text } }) as vscode.NotebookCell;
    const reading = cell('os.environ["TIR_API_TOKEN"]');
    const offered = async (one: vscode.NotebookCell) => (await items.provideCellStatusBarItems(one)).length;
    assert.deepEqual([await offered(reading), await offered(cell('1')), await offered(cell('TIR_API_TOKEN', 'r'))], [1, 0, 0]); // prettier-ignore
    const [item] = await items.provideCellStatusBarItems(reading);
    const { command, arguments: given = [] } = item!.command as vscode.Command;
    assert.deepEqual([command, isFromUi(given[0])], ['tir.giveToNotebook', true]);
    const changed = new Promise((resolve) => items.onDidChangeCellStatusBarItems(resolve));
    await give();
    await changed;
    assert.equal(await offered(reading), 0);
    window.use(undefined);
    await become('');
    assert.equal(await offered(reading), 0, 'no token is in use');
    items.dispose();
  });

  it('loses a token that cannot be read any more', async () => {
    await give();
    window.isReadable = false;
    window.use('tok-1');
    await become('');
    assert.equal(await window.kernels.canGive(notebook), false);
  });
});
