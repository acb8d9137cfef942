import { say } from '../support/say';
import type { EditorOptions, WindowOptions } from './editor';
import { Workbench } from './workbench';

interface SharedOptions extends WindowOptions {
  /** Starts each test with a new window and no stored data, and doesn't let other tests reuse the window. */
  readonly fresh?: boolean;
  /** Doesn't open the view. */
  readonly viewClosed?: boolean;
  /** Starts a separate VS Code with these options. `name` is part of its folders' names. */
  readonly editor?: EditorOptions & { readonly name: string };
}

interface Shared {
  workbench?: Workbench | undefined;
  /** Window options of the last test, as JSON. */
  options?: string;
}

/** The VS Code of all tests, in any file, that don't start a separate one. */
const usual: Shared = {};
after(() => usual.workbench?.close());

/**
 * Shares one VS Code between tests, since a start takes longer than most tests, and so does a new window. Each test
 * begins with an empty folder (or the files it asks for), the view open, and no project signed in. After a failed test, the
 * next one starts another VS Code.
 * @param use receives the workbench before each test
 */
export function shareWorkbench(use: (workbench: Workbench) => void, options: SharedOptions = {}): void {
  const { editor, ...window } = options;
  const shared: Shared = editor ? {} : usual;
  const close = async (test?: Mocha.Test) => {
    const { workbench } = shared;
    shared.workbench = undefined;
    await workbench?.close(test);
  };
  /** Resets the last test's window for this one. Resolves to false if this one needs a new window. */
  const goesOn = async ({ workbench, options: last }: Shared) =>
    workbench !== undefined &&
    !window.fresh &&
    window.files === undefined &&
    window.folders === undefined &&
    JSON.stringify(window) === last &&
    (await workbench.startOver().catch((error: unknown) => {
      say(`the next test gets a new window: ${String(error)}`);
      return false;
    }));
  beforeEach(async function () {
    try {
      if (!(await goesOn(shared))) {
        await shared.workbench?.renew(window);
        shared.workbench ??= await Workbench.open(editor?.name ?? 'usual', { ...editor, ...window });
        if (!window.viewClosed) {
          await shared.workbench.openView();
        }
      }
    } catch (error) {
      await close(this.currentTest);
      throw error;
    }
    shared.options = JSON.stringify(window);
    use(shared.workbench!);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await close(this.currentTest);
    }
  });
  if (editor) {
    after(() => close());
  }
}
