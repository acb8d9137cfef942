/*
 * What is run, and where. `npm test` runs `quick`: what tells after each change whether the product works. All else is
 * `thorough`; `npm run test:all` runs both.
 */

/** @typedef {import('./vscode-server.mjs').Editor} Editor */

/**
 * Test files that one process runs: on plain Node, or in the extension host of an editor.
 * @typedef {object} Job
 * @property {readonly string[]} files names such as `host/folders`, or whole suites such as `host`; with a `!`, left out
 * @property {Editor} [editor] that they use
 * @property {boolean} [inHost] they run in its extension host
 * @property {number} [oneIn] of so many generated cases, one is tried
 */

/** Suites whose files run in an extension host; all others run on plain Node, and those of `ui` and `killed` start editors. */
export const hostSuites = ['host'];
export const editorSuites = ['ui', 'killed', ...hostSuites];

/**
 * What the oldest editor runs, since the editors differ there. All else is the same code on the same API, and is proved in
 * the newest one. By file, with the reason.
 */
const inOldest = {
  'host/activity': 'an output that is opened as a document',
  'host/authentication': 'the account API: `getAccounts` and its events are of different age',
  'host/debugging': 'debug sessions and tasks: what the editor does to their environment',
  'host/editors': 'which editor this is at all',
  'host/folders': 'scoped collections, which terminals get by the index of a folder',
  'host/mainJob': 'the main job',
  'host/openTerminals': 'shell integration: where a terminal is, and when it says so',
  'host/vscodeStub': 'what the stub stands in for',
};

/** @type {readonly Job[]} Those that take longest first: two run at a time. */
export const quick = [
  { files: ['host'], editor: 'newest', inHost: true },
  { files: ['unit', 'logic'] },
  { files: ['ui/mainJob'], editor: 'newest' },
];

/** @type {readonly Job[]} */
export const thorough = [
  { files: ['ui', '!ui/mainJob'], editor: 'newest' },
  { files: ['ui/mainJob'], editor: 'oldest' },
  { files: ['soak'] },
  { files: Object.keys(inOldest), editor: 'oldest', inHost: true },
  { files: ['killed'], editor: 'newest' },
  { files: ['logic', 'soak'], editor: 'newest', inHost: true, oneIn: 10 },
];

/** The search through all that the others wrote. @type {Job} */
export const atRest = { files: ['rest'] };

/** The jobs that run some files. @param {readonly string[]} files @param {readonly Editor[]} editors @returns {Job[]} */
export function jobsFor(files, editors) {
  /** @param {string} file */
  const suiteOf = (file) => file.split('/')[0] ?? '';
  return [...new Set(files.map(suiteOf))].flatMap((suite) => {
    const own = files.filter((file) => suiteOf(file) === suite);
    const inHost = hostSuites.includes(suite);
    return editorSuites.includes(suite) ? editors.map((editor) => ({ files: own, editor, inHost })) : [{ files: own }];
  });
}
