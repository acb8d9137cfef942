import type { Options } from './editor';
import { Workbench } from './workbench';

/**
 * One editor for the tests of a file, since to start one takes longer than most of them. Each test finds the view
 * open and nobody signed in; after one that failed, the next has a new editor.
 * @param name of the test file, for the folders of its editor and browser
 * @param use is given the editor before each test
 */
export function shareWorkbench(name: string, use: (workbench: Workbench) => void, options: Options = {}): void {
  let workbench: Workbench | undefined;
  beforeEach(async () => {
    if (workbench === undefined) {
      workbench = await Workbench.open(name, options);
      await workbench.openView();
    } else {
      await workbench.startOver();
    }
    use(workbench);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      const failed = workbench;
      workbench = undefined;
      await failed?.close(this.currentTest);
    }
  });
  after(() => workbench?.close());
}
