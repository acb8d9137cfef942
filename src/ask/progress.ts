import * as vscode from 'vscode';

/** Work that is done sooner shows nothing: a notification that only flashes tells nobody anything. Milliseconds. */
const patience = 400;

/** Says how far the work is. */
export type Report = (message: string) => void;

/** Shows that work is under way, with a button that ends it, once it takes long enough to be noticed. */
export async function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let message = '';
  let show: Report = () => undefined;
  const running = work(controller.signal, (text) => {
    message = text;
    show(text);
  });
  const soon = await Promise.race([
    running.then(() => true),
    new Promise<false>((resolve) => setTimeout(resolve, patience, false)),
  ]);
  return soon
    ? running
    : vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        async (progress, cancellation) => {
          show = (text) => progress.report({ message: text });
          show(message);
          const subscription = cancellation.onCancellationRequested(() => {
            controller.abort();
          });
          try {
            return await running;
          } finally {
            subscription.dispose();
          }
        },
      );
}
