/*
 * Says which tests run where. `npm test` runs `quick`: the tests that tell after each change whether the product works.
 * `thorough` has all others, and `npm run test:all` runs both.
 */

/** @typedef {import('./vscode-server.mjs').Editor} Editor */

/**
 * Test files that one process runs, on plain Node or in VS Code's extension host.
 * @typedef {object} Job
 * @property {readonly string[]} files such as `host/terminals/environment`, or suites such as `host`; `!` excludes one
 * @property {Editor} [editor] the VS Code that they use
 * @property {boolean} [inHost] whether they run in its extension host
 * @property {number} [oneIn] runs one in this many generated cases
 */

/** Suites that run both on plain Node, against the stub of `vscode`, and in an extension host. */
export const alsoInHost = ['scenarios', 'soak'];
/** Files of `unit` that run in an extension host too: they use events, URIs and messages of the stub the most. */
export const unitInHost = [
  'authentication/provider',
  'commands/findUnusedTokens',
  'commands/run',
  'secrets/store',
  'secrets/webSecrets',
  'terminals/environment',
  'tokens/reminders',
  'tokens/revokedValues',
  'tokens/rotation',
  'tokens/tokens',
  'view/nodes',
  'view/snapshot',
].map((file) => `unit/${file}`);
/** Suites on plain Node whose tests start VS Code. */
const startEditors = ['ui', 'killed'];

/** Test files that also run in the oldest VS Code, each with its reason. All others run only in the newest one. */
const hostInOldest = {
  'host/commands/activity': 'The activity page is a virtual document, which versions open and refresh differently.',
  'host/authentication/provider': 'The authentication API differs between versions.',
  'host/terminals/debugging': 'Debug sessions and tasks: what the editor does to their environment.',
  'host/editors': 'The suite has to run in the version that it was asked for.',
  'host/terminals/environment': 'Scoped collections, which terminals get by the index of a folder.',
  'host/endToEnd/mainJob': 'The main job, with secrets whose keys the editor cannot list.',
  'host/terminals/openTerminals': 'Shell integration: where a terminal is, and when it says so.',
  'host/terminals/shells': "The start-up files of shells: VS Code's own scripts set the variables again after them.",
  'host/terminals/verified':
    'What wins where several set the variable, and when a terminal says that its process began.',
  'host/commands/checkTerminal': 'Shell integration runs the command that asks, and reads its answer.',
  'host/vscodeStub': 'The stub has to match the oldest API, too.',
};
/** The same for `ui` tests. */
const uiInOldest = {
  'ui/authentication':
    'The editor asks for consent, and lists accounts, in dialogs that each version words and lays out differently.',
  'ui/debugging':
    'Debug sessions get their environment through an API and built-in debuggers that change between versions.',
  'ui/folders':
    "VS Code 1.96 chooses a terminal's environment by the open file's folder; newer versions go by the terminal's folder.",
  'ui/keyboard': "Menus, dialogs, lists, and the focus after them are the editor's own.",
  'ui/localisation': 'The editor loads the texts of extensions, and translations must not need a newer version.',
  'ui/mainJob': 'The main job must work from end to end in every supported version.',
  'ui/network': 'Each version has its own proxy and certificate support for extensions.',
  'ui/terminals': 'The editor marks, reopens, and updates open terminals, and 1.96 lacks some of its newer API.',
  'ui/trust': "Versions differ in how they ask for trust, and in what a workspace may do before it's trusted.",
  'ui/twoWindows': 'Older versions have no list of secret keys, and restore and update windows differently.',
};

/** @type {readonly Job[]} Two jobs run at a time, but only one that clicks. */
export const quick = [
  { files: ['host'], editor: 'newest', inHost: true },
  { files: ['unit', 'scenarios'] },
  { files: ['ui/mainJob'], editor: 'newest' },
];

/** @type {readonly Job[]} */
export const thorough = [
  { files: ['ui', '!ui/mainJob'], editor: 'newest' },
  { files: Object.keys(uiInOldest), editor: 'oldest' },
  { files: ['soak', 'docs', 'fixes'] },
  { files: Object.keys(hostInOldest), editor: 'oldest', inHost: true },
  { files: ['killed'], editor: 'newest' },
  { files: ['scenarios', 'soak', ...unitInHost], editor: 'newest', inHost: true, oneIn: 10 },
];

/** Searches everything that the other jobs wrote for secrets. @type {Job} */
export const secretSearch = { files: ['rest'] };

/** @param {string} file such as `host/terminals/environment` */
function suiteOf(file) {
  return file.split('/')[0] ?? '';
}

/** Returns whether a job clicks in VS Code's windows. @param {Job} job */
export function clicks({ files }) {
  return files.some((file) => startEditors.includes(suiteOf(file)));
}

/**
 * Returns the jobs that run `files` in these editors. If none is named, suites that need one use the newest.
 * @param {readonly string[]} files @param {readonly Editor[]} editors @returns {Job[]}
 */
export function jobsFor(files, editors) {
  return [...new Set(files.map(suiteOf))].flatMap((suite) => {
    const own = files.filter((file) => suiteOf(file) === suite);
    const inHost = suite === 'host' || (editors.length > 0 && alsoInHost.includes(suite));
    if (!inHost && !startEditors.includes(suite)) {
      return [{ files: own }];
    }
    return (editors.length > 0 ? editors : /** @type {const} */ (['newest'])).map((editor) => ({
      files: own,
      editor,
      inHost,
    }));
  });
}
