import * as vscode from 'vscode';

/** Shows that work is under way, with a button that ends it. */
export async function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, progress: vscode.Progress<{ message?: string; increment?: number }>) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, cancellation) => {
      const controller = new AbortController();
      const subscription = cancellation.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return await work(controller.signal, progress);
      } finally {
        subscription.dispose();
      }
    },
  );
}
