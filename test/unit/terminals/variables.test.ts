import assert from 'node:assert/strict';

import { Secret } from '../../../src/base/secret';
import {
  readNames,
  suggestedNames,
  variableProblem,
  variablesOf,
  variablesProblem,
} from '../../../src/terminals/variables';

const connection = { id: 'p-7-delhi', label: 'Seven', projectId: 7, location: 'Delhi' };
const credentials = { token: new Secret('the-token'), apiKey: new Secret('the-key') };

describe('variablesOf', () => {
  it("returns TIR_API_TOKEN, the project's extra names and, if wanted, the SDK variables", () => {
    assert.deepEqual(Object.fromEntries(variablesOf(credentials, undefined, false)), { TIR_API_TOKEN: 'the-token' });
    const named = { ...connection, variables: ['OPENAI_API_KEY', 'MY_TOKEN'] };
    assert.deepEqual(Object.fromEntries(variablesOf(credentials, named, true)), {
      TIR_API_TOKEN: 'the-token',
      OPENAI_API_KEY: 'the-token',
      MY_TOKEN: 'the-token',
      E2E_TIR_ACCESS_TOKEN: 'the-token',
      E2E_TIR_API_KEY: 'the-key',
      E2E_TIR_PROJECT_ID: '7',
      E2E_TIR_LOCATION: 'Delhi',
    });
  });

  it('leaves out variables whose values are unknown', () => {
    const names = variablesOf({ token: credentials.token }, undefined, true).keys();
    assert.deepEqual([...names], ['TIR_API_TOKEN', 'E2E_TIR_ACCESS_TOKEN']);
  });
});

/** Names that would break or endanger a terminal, by what happens if they hold a token. */
const steering = {
  'programs are no longer found': 'PATH PATHEXT FPATH CDPATH GIT_EXEC_PATH',
  'the home folder or the account is lost':
    'HOME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA USER USERNAME LOGNAME',
  'Windows programs do not start': 'COMSPEC SYSTEMROOT SYSTEMDRIVE WINDIR PROGRAMDATA OS',
  'temporary files have no folder': 'TMP TEMP TMPDIR',
  'the shell runs it, or reads it as a file to run': 'SHELL ENV BASH_ENV PROMPT_COMMAND PS0 PS1 PS2 PS4 PROMPT ZDOTDIR',
  'the shell splits words by it': 'IFS',
  'a program runs it as a command':
    'EDITOR VISUAL PAGER MANPAGER BROWSER LESSOPEN LESSCLOSE SUDO_ASKPASS SSH_ASKPASS GIT_SSH GIT_SSH_COMMAND ' +
    'GIT_ASKPASS GIT_EDITOR GIT_PAGER GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND',
  'it replaces the SSH agent or the repository': 'SSH_AUTH_SOCK GIT_DIR GIT_CONFIG_GLOBAL GIT_CONFIG_COUNT',
  'requests go to another host': 'HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY',
  'certificates are no longer checked, or all are refused':
    'NODE_TLS_REJECT_UNAUTHORIZED NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE',
  'a runtime takes it for options or for code to load':
    'NODE_OPTIONS NODE_PATH PYTHONPATH PYTHONSTARTUP PYTHONHOME PERLLIB PERL5LIB PERL5OPT PERL5DB RUBYLIB RUBYOPT ' +
    'CLASSPATH JAVA_HOME JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS DOTNET_STARTUP_HOOKS NPM_CONFIG_REGISTRY',
  'the loader takes it for libraries': 'LD_PRELOAD LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES GCONV_PATH',
  'texts, times and windows change': 'LANG LANGUAGE LC_ALL LC_CTYPE TZ TERM COLORTERM DISPLAY XDG_CONFIG_HOME',
  'VS Code and its terminals use it': 'VSCODE_PID VSCODE_IPC_HOOK_CLI ELECTRON_RUN_AS_NODE',
};

describe('extra variable names', () => {
  it('are accepted if a shell accepts them', () => {
    for (const name of ['OPENAI_API_KEY', '_token', 'my_token2', 'NODE_AUTH_TOKEN', 'GIT_TOKEN', 'x'.repeat(100)]) {
      assert.equal(variableProblem(name), undefined, name);
    }
    for (const name of ['', '2FA', 'A-B', 'A B', 'A=B', 'A;B', '$(x)', 'Ü', 'A\n']) {
      assert.match(variableProblem(name) ?? '', /letters, digits and "_"/, name);
    }
    assert.match(variableProblem('x'.repeat(101)) ?? '', /at most 100 characters/);
  });

  it('are refused, in upper or lower case, if they control programs', () => {
    for (const [reason, names] of Object.entries(steering)) {
      for (const name of names.split(' ')) {
        for (const written of [name, name.toLowerCase()]) {
          assert.match(variableProblem(written) ?? '', /it controls how programs run/, `${written}: ${reason}`);
        }
      }
    }
  });

  it('are refused if the extension sets them in another way', () => {
    assert.match(variableProblem('TIR_API_TOKEN') ?? '', /always has the token/);
    for (const name of ['E2E_TIR_API_KEY', 'E2E_TIR_LOCATION']) {
      assert.match(variableProblem(name) ?? '', /tir\.terminal\.sdkVariables/);
    }
  });

  it('are accepted if they are suggested', () => {
    assert.equal(variablesProblem(suggestedNames), undefined);
  });

  it('are parsed from typed text, without duplicates', () => {
    assert.deepEqual(readNames(' A, B;C  D\n A,'), ['A', 'B', 'C', 'D']);
    assert.deepEqual(readNames(' , '), []);
  });
});
