import { limit, type EditorOptions, type WindowOptions } from './editor';
import { Workbench } from './workbench';

/** The editor of all tests that need nothing special, whatever their file. */
let usual: Workbench | undefined;

/** More than that and a test says why. */
const testLimit = 4 * limit;
beforeEach(function () {
  this.currentTest?.timeout(testLimit);
});
after(() => usual?.close());

interface SharedOptions extends WindowOptions {
  /** The tests of a file follow each other in one window: quicker, where the editor itself remembers nothing of them. */
  readonly sameWindow?: boolean;
  /** The view is left as a new window has it. */
  readonly viewClosed?: boolean;
  /** For those that need another editor: what it is started with, and a name for its folders. */
  readonly editor?: EditorOptions & { readonly name: string };
}

/**
 * One editor for many tests, since to start one takes longer than most of them. Each test finds a new folder, the view
 * open and nobody signed in; after one that failed, the next has a new editor.
 * @param use is given the editor before each test
 */
export function shareWorkbench(use: (workbench: Workbench) => void, options: SharedOptions = {}): void {
  const { editor, sameWindow = false, viewClosed = false } = options;
  let own: Workbench | undefined;
  const keep = (workbench: Workbench | undefined) => {
    if (editor) {
      own = workbench;
    } else {
      usual = workbench;
    }
  };
  let isFirst = true;
  beforeEach(async () => {
    let workbench = editor ? own : usual;
    if (workbench && sameWindow && !isFirst && (await workbench.startOver())) {
      use(workbench);
      return;
    }
    isFirst = false;
    try {
      await workbench?.renew(options);
      workbench ??= await Workbench.open(editor?.name ?? 'usual', { ...editor, ...options });
      keep(workbench);
      if (!viewClosed) {
        await workbench.openView();
      }
    } catch (error) {
      keep(undefined);
      await workbench?.close();
      throw error;
    }
    use(workbench);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      const failed = editor ? own : usual;
      keep(undefined);
      await failed?.close(this.currentTest);
    }
  });
  after(() => own?.close());
}
