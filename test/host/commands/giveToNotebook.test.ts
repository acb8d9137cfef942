import assert from 'node:assert/strict';
import { hostname, tmpdir } from 'node:os';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { fromUi } from '../../../src/base/arguments';
import { StandInJupyter } from '../../support/standInJupyter';
import { setting } from '../../support/person';
import { restoreReplaced } from '../../support/widgets';
import { until } from '../../support/until';
import { begin, notebookOf, run, signIn, type TestSetup } from '../support';

describe('giveToNotebook', () => {
  let bench: TestSetup;
  let jupyter: StandInJupyter;
  let folder: string;
  let notebook: string;
  let first: number;
  beforeEach(async () => {
    bench = await begin();
    await signIn(bench.emulator);
    first = (await run<{ id: number }>('createToken', { name: 'first' })).id;
    jupyter = await StandInJupyter.start();
    folder = mkdtempSync(join(tmpdir(), 'tir-notebook-'));
    writeFileSync(join(folder, 'a.ipynb'), notebookOf(['import os', 'os.environ["TIR_API_TOKEN"]']));
    const opened = await vscode.workspace.openNotebookDocument(vscode.Uri.file(join(folder, 'a.ipynb')));
    notebook = opened.uri.toString();
  });
  afterEach(async () => {
    restoreReplaced();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await bench.end();
    await jupyter.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const valueOf = (name: string) => bench.emulator.made.find((one) => one.name === name)!.value;
  /** Whether the kernel has this token; never prints the value. */
  const has = async (value: string) => {
    const { printed } = await jupyter.run('import os; print(len(os.environ.get("TIR_API_TOKEN", "")))');
    return printed.trim() === String(value.length);
  };

  it('gives the kernel the token in use, and no trace of it to the code, the history or the outputs', async () => {
    assert.deepEqual(await run('giveToNotebook', { notebook }), { kernel: hostname() });
    const value = valueOf('first');
    assert.ok(await has(value));
    assert.ok(jupyter.executed.every((code) => !code.includes(value) && !code.includes(value.slice(8, 40))));
    const { printed } = await jupyter.run(
      'ip = get_ipython(); print(len(In), list(Out), [name for name in dir() if "tir" in name.lower()], __builtins__._tir["halves"])',
    );
    assert.equal(printed, '3 [] [] {}\n');
  });

  it('gives it again after a restart and a rotation, and takes it out when none is in use', async () => {
    await run('giveToNotebook', { notebook });
    await jupyter.restart();
    await until('the restarted kernel to have the token', () => has(valueOf('first')));
    const { name } = await run<{ name: string }>('rotateToken', { id: first });
    await until('the kernel to have the new token', () => has(valueOf(name)));
    await run('stopUsingToken');
    await until('the kernel to have no token', () => has(''));
  });

  it('asks once, by host name, before it gives it to a kernel on another machine', async () => {
    const other = [
      'import builtins, socket',
      'socket.gethostname = lambda: "gpu-7"',
      'def refuse(*_, **__): raise OSError',
    ];
    await jupyter.run([...other, 'builtins.open = refuse'].join('\n'));
    const asked = () => bench.person.read.filter(({ modal }) => modal).map(({ message }) => message);
    await assert.rejects(run('giveToNotebook', { notebook }), { code: 'cancelled' });
    assert.deepEqual(asked(), ['The kernel runs on another machine, "gpu-7". Give it the token?']);
    assert.ok(await has(''));
    bench.person.clicks = 'Give Token';
    assert.deepEqual(await run('giveToNotebook', { notebook }), { kernel: 'gpu-7' });
    assert.ok(await has(valueOf('first')));
    await run('giveToNotebook', { notebook });
    assert.equal(asked().length, 2);
  });

  it('leaves a value alone that the notebook has set itself', async () => {
    await run('giveToNotebook', { notebook });
    await jupyter.run('import os; os.environ["TIR_API_TOKEN"] = "mine"');
    await run('stopUsingToken');
    await until('the end of the use to be noticed', () => jupyter.executed.length === 3);
    assert.ok(await has('mine'));
  });

  it('sets the extra names too, and takes out those that a project no longer has', async () => {
    const size = async (name: string) =>
      (await jupyter.run(`import os; print(len(os.environ.get("${name}", "")))`)).printed.trim();
    await run('setVariableNames', { names: ['MODEL_KEY'] });
    await run('giveToNotebook', { notebook });
    assert.equal(await size('MODEL_KEY'), String(valueOf('first').length));
    await run('setVariableNames', { names: [] });
    await until('the name to be taken out', async () => (await size('MODEL_KEY')) === '0');
    assert.ok(await has(valueOf('first')));
  });

  it('refuses without a running Python kernel, a token in use, or permission from Jupyter', async () => {
    const isRefused = (code: string, message: RegExp) =>
      assert.rejects(run('giveToNotebook', { notebook }), (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    jupyter.allows = false;
    await isRefused('forbidden', /doesn't let TIR Tokens run code in kernels/);
    jupyter.language = 'R';
    await isRefused('invalid-input', /kernel runs R,/);
    jupyter.isStarted = false;
    await isRefused('not-found', /no running kernel\. Run a cell first/);
    [jupyter.allows, jupyter.language, jupyter.isStarted] = [true, 'Python', true];
    await run('stopUsingToken');
    await isRefused('not-found', /No token is in use/);
    await assert.rejects(run('giveToNotebook', { notebook: 'file:///other.ipynb' }), { code: 'not-found' });
  });

  it('gives it to each kernel that starts, with tir.notebooks.enabled, once a person has allowed it', async () => {
    const opened = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === notebook)!;
    const controller = vscode.notebooks.createNotebookController('test', 'jupyter-notebook', 'Test');
    controller.supportsExecutionOrder = true;
    let order = 0;
    const runCell = async () => {
      const execution = controller.createNotebookCellExecution(opened.cellAt(0));
      execution.executionOrder = ++order;
      execution.start();
      execution.end(true);
      await until('the cell to end', () => opened.cellAt(0).executionSummary?.executionOrder === order);
    };
    try {
      const selected = new Promise<void>((resolve) => {
        controller.onDidChangeSelectedNotebooks(({ selected }) => selected && resolve());
      });
      await vscode.window.showNotebookDocument(opened);
      controller.updateNotebookAffinity(opened, vscode.NotebookControllerAffinity.Preferred);
      await vscode.commands.executeCommand('notebook.selectKernel', {
        id: 'test',
        extension: 'tir-community.tir-tokens',
      });
      await selected;
      await setting('notebooks.enabled', true);
      await runCell();
      assert.ok(await has(''), 'a person has to allow it first');
      await vscode.commands.executeCommand('tir.giveToNotebook', fromUi({ notebook }));
      await until('the kernel to get the token', () => has(valueOf('first')));
      await jupyter.renew();
      assert.ok(await has(''));
      await runCell();
      await until('the kernel to get the token', () => has(valueOf('first')));
    } finally {
      controller.dispose();
    }
  });
});
