import * as vscode from 'vscode';

/*
 * The part of the Jupyter extension's API that this extension uses
 * (https://github.com/microsoft/vscode-jupyter/blob/main/src/api.d.ts).
 */

export interface Kernel {
  readonly status: string;
  readonly onDidChangeStatus: vscode.Event<string>;
  readonly language: string;
  /**
   * Runs code after the kernel's queue. Sends nothing until it's iterated. Also ends without an error if the person
   * interrupts the kernel before the code runs. Asks the person once whether this extension may run code.
   */
  executeCode(code: string, token: vscode.CancellationToken): AsyncIterable<Output>;
}

interface Output {
  readonly items: readonly { readonly mime: string; readonly data: Uint8Array }[];
}

interface Jupyter {
  readonly kernels: {
    /** Resolves to undefined until the person has started the notebook's kernel. */
    getKernel(notebook: vscode.Uri): Thenable<Kernel | undefined>;
  };
}

export const jupyterId = 'ms-toolsai.jupyter';
export const notebookType = 'jupyter-notebook';

/*
 * "Forget Everything" needs these keys too, and `notebookKernels.ts` isn't loaded with the commands.
 */

/** Key in the global state: whether a person has given a kernel a token on this machine. */
export const allowedKey = 'notebooksAllowed';
/** Key in the workspace state: the notebooks whose kernels got a token, with the other machine that may have it. */
export const kernelsKey = 'kernels';

/** Resolves to a notebook's running kernel; undefined without one, or without the Jupyter extension. */
export async function kernelOf(notebook: vscode.Uri): Promise<Kernel | undefined> {
  const jupyter = await vscode.extensions.getExtension<Jupyter | undefined>(jupyterId)?.activate();
  // Read `kernels` here: Jupyter identifies the calling extension by the stack.
  return jupyter?.kernels.getKernel(notebook);
}

/** Checks if the person has denied this extension running code in kernels. */
export function isRefusedByPerson(error: unknown): boolean {
  return error instanceof Error && error.name === 'vscode.jupyter.apiAccessRevoked';
}

/** Runs code in a kernel, and resolves to its output. Never cancels it, since that would interrupt running cells. */
export async function printedBy(kernel: Kernel, code: string): Promise<string> {
  const { token } = new vscode.CancellationTokenSource();
  let printed = '';
  for await (const { items } of kernel.executeCode(code, token)) {
    for (const { mime, data } of items) {
      if (mime === 'application/vnd.code.notebook.stdout') {
        printed += new TextDecoder().decode(data);
      }
    }
  }
  return printed;
}

/** Checks if a status means that the kernel has lost its variables, or is about to. */
export function losesVariables(status: string): boolean {
  return !['idle', 'busy'].includes(status);
}
