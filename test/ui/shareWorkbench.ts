import { say } from '../support/say';
import type { EditorOptions, WindowOptions } from './editor';
import { Workbench } from './workbench';

interface SharedOptions extends WindowOptions {
  /** Needs an editor with no state from other tests, and leaves it one that they can't use. */
  readonly fresh?: boolean;
  /** The view is left as a new window has it. */
  readonly viewClosed?: boolean;
  /** For those that need another editor: what it is started with, and a name for its folders. */
  readonly editor?: EditorOptions & { readonly name: string };
}

interface Shared {
  workbench?: Workbench | undefined;
  /** Of the last test, as JSON. */
  options?: string;
}

/** The editor of all tests that need no other one, whatever their file. */
const usual: Shared = {};
after(() => usual.workbench?.close());

/**
 * One editor for many tests, since to start one takes longer than most of them, and so does a new window. Each test finds
 * an empty folder (or what it asks for), the view open and nobody signed in; after one that failed, the next has a new editor.
 * @param use is given the editor before each test
 */
export function shareWorkbench(use: (workbench: Workbench) => void, options: SharedOptions = {}): void {
  const { editor, ...window } = options;
  const shared: Shared = editor ? {} : usual;
  const close = async (test?: Mocha.Test) => {
    const { workbench } = shared;
    shared.workbench = undefined;
    await workbench?.close(test);
  };
  /** Whether the window of the last test does for this one. */
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
